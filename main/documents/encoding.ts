/** Bytes of a text file to its characters: what the file itself says of them, else UTF-8, else the best guess, which is told. */
import { type Sentence, sentence } from "../../preload/sentences.ts";
import { DocumentError } from "./errors.ts";

/** Errors: unsupported (not text at all). */
export function decodeText(name: string, bytes: Uint8Array): { text: string; notes: Sentence[] } {
  const utf16 = utf16Of(bytes);
  if (utf16) return { text: new TextDecoder(utf16).decode(bytes), notes: [] };
  if (bytes.includes(0)) throw new DocumentError("document-unsupported", name);
  const text = new TextDecoder().decode(bytes);
  // A few broken bytes do not make a UTF-8 file another one.
  const broken = count(text, /\ufffd/g);
  if (broken <= count(text, /\P{ASCII}/gu) / 2) return { text, notes: [] };
  const { label, title } = guess(bytes);
  const note = sentence("Its letters were read as {encoding}, a guess. If some look wrong, save it as UTF-8 and add it again.", {
    encoding: title,
  });
  return { text: new TextDecoder(label).decode(bytes), notes: [note] };
}

/** Bytes that a guess is made from. */
const sample = 64 * 1024;

/** By its byte order mark, or by the zeros that every other byte of Latin letters is; null when it is something else. */
function utf16Of(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  const looked = Math.min(bytes.length, sample);
  for (let i = 0; i < looked; i++) if (bytes[i] === 0) zeros[i % 2]!++;
  const [even, odd] = zeros as [number, number];
  if (odd > looked / 4 && even === 0) return "utf-16le";
  return even > looked / 4 && odd === 0 ? "utf-16be" : null;
}

type Encoding = { label: string; title: string };

/** Those of one byte a letter; of equally good ones the first is taken. */
const oneByte: readonly Encoding[] = [
  { label: "windows-1252", title: "Windows-1252" },
  { label: "windows-1250", title: "Windows-1250" },
  { label: "windows-1255", title: "Windows-1255" },
  { label: "windows-1253", title: "Windows-1253" },
  { label: "windows-1256", title: "Windows-1256" },
  { label: "windows-1251", title: "Windows-1251" },
  { label: "koi8-r", title: "KOI8-R" },
];

/** Those of two bytes a letter, with the letters that a text in them is full of, and their least share of all that is not ASCII. */
const twoBytes: readonly (Encoding & { usual: RegExp; share: number })[] = [
  { label: "shift_jis", title: "Shift JIS", usual: /[\u3041-\u30fe]/g, share: 0.2 },
  { label: "euc-jp", title: "EUC-JP", usual: /[\u3041-\u30fe]/g, share: 0.2 },
  { label: "euc-kr", title: "EUC-KR", usual: /[\uac00-\ud7a3]/g, share: 0.85 },
  {
    label: "gb18030",
    title: "GB 18030",
    usual: /[的一是不了在人有我他这中大来上个国到说们为子和你地出也时年得就那要下以生会自去之过家]/g,
    share: 0.05,
  },
  {
    label: "big5",
    title: "Big5",
    usual: /[的一是不了在人有我他這中大來上個國到說們為子和你地出也時年得就那要下以生會自去之過家]/g,
    share: 0.05,
  },
];

/** By the first letters that differ between encodings: all that is ASCII tells nothing. */
function guess(whole: Uint8Array): Encoding {
  const first = whole.findIndex((byte) => byte > 0x7f);
  const bytes = whole.subarray(Math.max(0, first - 100), first + sample);
  for (const encoding of twoBytes) {
    const text = decodeStrictly(encoding.label, bytes);
    if (text !== null && count(text, encoding.usual) >= encoding.share * count(text, /\P{ASCII}/gu)) return encoding;
  }
  const odd = oneByte.map(({ label }) => count(new TextDecoder(label).decode(bytes), oddity));
  return oneByte[odd.indexOf(Math.min(...odd))]!;
}

/** Null when the bytes cannot be so; a letter that the sample's end cuts does not count. */
function decodeStrictly(label: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}

/**
 * What words do not have: unknown characters, signs or control characters within, capitals after small letters, letters of two scripts side by side, several
 * accented Latin letters in a row.
 */
const oddity = new RegExp(
  [
    "[\\ufffd\\u0080-\\u009f]",
    "(?<=\\p{L})[^\\p{L}\\p{M}\\p{P}\\p{N}\\s](?=\\p{L})",
    "(?<=\\p{L})[¡-¿](?=\\p{L})",
    "(?<=\\p{Ll})\\p{Lu}",
    ...["Latin", "Greek", "Cyrillic", "Hebrew", "Arabic"].map((script) => `(?<=(?!\\p{Script=${script}})\\p{L})\\p{Script=${script}}`),
    "(?<=[\\u00c0-\\u024f]{2})[\\u00c0-\\u024f]",
  ].join("|"),
  "gu",
);

function count(text: string, pattern: RegExp): number {
  let found = 0;
  pattern.lastIndex = 0;
  while (pattern.test(text)) found++;
  return found;
}
