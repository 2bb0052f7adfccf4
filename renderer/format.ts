/** How numbers are written in the window: units always, digits grouped, no more precision than helps. Pure. */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 7012 -> "7,012". Tokens, pages and other counts. */
export const count = (n: number): string => grouped.format(n);

/** Counts with their noun: plural(1, "page") -> "1 page". */
export const plural = (n: number, noun: string): string => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

/** What a page is called under an answer: "Slide 4", or else "p 12". */
export const pageName = ({ page, label }: { page: number; label?: string }): string => label ?? `p ${count(page)}`;

/** Bytes in decimal units, with one digit after the point below a hundred: 6_100_000 -> "6.1 MB", 188_743_680 -> "189 MB", 0 -> "0 MB". */
export function bytes(n: number): string {
  if (n <= 0) return "0 MB";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = n;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** Time left, in words a person would say; never more precise than it can be known. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "estimating time left";
  if (seconds < 4.5) return "a few seconds left";
  if (seconds < 57.5) return `about ${Math.ceil(seconds / 5) * 5} s left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${minutes} min left`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `about ${hours} h left` : `about ${hours} h ${minutes % 60} min left`;
}

/** How long something may take, no more precise than an estimate is: 42 -> "about 45 s", 250 -> "about 4 min". */
export const roughTime = (seconds: number): string => (seconds < 4.5 ? "a few seconds" : timeLeft(seconds).replace(" left", ""));

/** Milliseconds as they are read: 84 -> "84 ms", 4210 -> "4.2 s", 75_000 -> "1 min 15 s". */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Tokens a second: 41.27 -> "41 tok/s", 4.13 -> "4.1 tok/s". */
export const speed = (tokensPerSecond: number): string =>
  `${tokensPerSecond >= 10 ? count(tokensPerSecond) : tokensPerSecond.toFixed(1)} tok/s`;

/** A share of a whole in percent: 0.0325 -> "3.3 %", 0.25 -> "25 %", 0.0004 -> "under 0.1 %". */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "under 0.1 %";
  return `${value >= 9.95 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} %`;
}

/** Cuts a name in the middle so that its ending stays readable. */
export function shortName(name: string, length: number): string {
  if (name.length <= length) return name;
  const tail = Math.min(10, Math.floor(length / 3));
  return `${name.slice(0, length - tail - 1)}…${name.slice(-tail)}`;
}

/** "3", "3 and 12", "3, 12 and 31". */
export const list = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
