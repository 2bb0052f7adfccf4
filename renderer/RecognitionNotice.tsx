import type { DocumentInfo, Page } from "../preload/api.ts";
import { count, labelName, list, timeLeft } from "./format.ts";
import { t } from "./language.ts";
import { cancelRecognition, recognise } from "./recognition.ts";
import { rich } from "./rich.ts";
import { useFolio } from "./store.ts";

type Known = Extract<DocumentInfo, { phase: "ready" | "scanned" }>;

const mostNamed = 8;

/** Pages without text: what they are, the offer to recognise their text, how far that is, and which text comes from pictures. */
export function RecognitionNotice({ known, pages }: { known: Known; pages: readonly Page[] }) {
  const running = useFolio((s) => s.recognising);
  const waiting = known.emptyPages.filter((number) => !known.recognised.includes(number));
  const still = known.emptyPages.filter((number) => known.recognised.includes(number));
  const found = known.recognised.filter((number) => !known.emptyPages.includes(number));
  if (running?.documentId === known.id) return <Progress done={running.done} total={running.total} secondsLeft={running.secondsLeft} />;
  const drawn = known.name.toLowerCase().endsWith(".pdf");
  return (
    <>
      {waiting.length > 0 && (
        <p className="notice" data-kind="warning">
          {waiting.length === known.pages
            ? t("This is a scan: pictures of pages, without any text that the model could read.")
            : t("{count} pages have no text, only pictures or a scan, so the model cannot read them: {pages}.", named(waiting, pages))}
          {drawn && (
            <button type="button" className="link" disabled={running !== null} onClick={() => void recognise(known.id, waiting)}>
              {t("Recognise the text")}
            </button>
          )}
        </p>
      )}
      {found.length > 0 && (
        <p className="notice">
          {t(
            "The text of {count} pages was recognised from pictures, so letters and numbers in it can be wrong: {pages}.",
            named(found, pages),
          )}
        </p>
      )}
      {still.length > 0 && (
        <p className="notice">{t("No text was found in the pictures of {count} pages: {pages}.", named(still, pages))}</p>
      )}
    </>
  );
}

function Progress({ done, total, secondsLeft }: { done: number; total: number; secondsLeft: number | null }) {
  return (
    <div className="notice recognising">
      {/* Said once, not with every page. */}
      <span role="status" aria-atomic="false">
        {rich("Recognising text, page {part} of {whole}", {
          part: <span aria-live="off">{count(Math.min(done + 1, total))}</span>,
          whole: total,
        })}
      </span>
      <progress value={done} max={total} aria-label={t("Recognising text")} />
      <span className="number">{timeLeft(secondsLeft)}</span>
      <button type="button" className="link" title={t("The pages that are done stay")} onClick={cancelRecognition}>
        {t("Cancel")}
      </button>
    </div>
  );
}

/** How many pages, and what the first of them are called. */
function named(numbers: readonly number[], pages: readonly Page[]): { count: number; pages: string } {
  const first = numbers.slice(0, mostNamed).map((number) => {
    const label = pages[number - 1]?.label;
    return label ? labelName(label) : count(number);
  });
  const more = numbers.length - first.length;
  return { count: numbers.length, pages: more > 0 ? t("{name} and {more} more", { name: first.join(", "), more }) : list(first) };
}
