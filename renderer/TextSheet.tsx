import { memo, useMemo } from "react";
import type { Page } from "../preload/api.ts";
import { labelName } from "./format.ts";
import { t } from "./language.ts";
import { cellsOf, type Mark, type Paragraph, paragraphs, type Segment, segments, type Writing } from "./passages.ts";
import { useLanguage } from "./store.ts";

/** One page as the text that the model read, with the passages marked in it. */
export const TextSheet = memo(function TextSheet({ page, marks, writing }: { page: Page; marks: readonly Mark[]; writing: Writing }) {
  useLanguage();
  const parts = useMemo(() => paragraphs(page.text, page.start, writing), [page, writing]);
  return (
    <article className="sheet" aria-label={page.label ? labelName(page.label) : t("Page {page}", { page: String(page.number) })}>
      {parts.length === 0 && <p className="no-text">{t("No text on this page.")}</p>}
      {parts.map((part) => (
        <Part key={part.start} part={part} marks={marks} />
      ))}
      <footer aria-hidden="true">
        {page.label ? labelName(page.label) : page.number}
        {page.lines && page.text !== "" && ` · ${t("recognised from a picture")}`}
      </footer>
    </article>
  );
});

type PartProps = { part: Paragraph; marks: readonly Mark[] };

function Part({ part, marks }: PartProps) {
  if (part.look === "table") return <Table part={part} marks={marks} />;
  const cut = <Cut text={part.text} start={part.start} marks={marks} />;
  if (part.look === "heading") return <h3 dir="auto">{cut}</h3>;
  return (
    <p data-look={part.look} dir={part.look === "code" ? "ltr" : "auto"}>
      {cut}
    </p>
  );
}

/** Cells in columns; what is marked over several cells is marked in each. */
function Table({ part, marks }: PartProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table in an area that scrolls, which must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above.
    <div className="wide" role="group" aria-label={t("Table")} tabIndex={0}>
      <table>
        <tbody>
          {cellsOf(part).map((cells) => (
            <tr key={cells[0]?.start}>
              {cells.map((cell) => (
                <td key={cell.start} dir="auto">
                  <Cut {...cell} marks={marks} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cut({ text, start, marks }: { text: string; start: number; marks: readonly Mark[] }) {
  return segments(text, start, marks).map((segment) => <Marked key={segment.start} segment={segment} />);
}

function Marked({ segment: { text, mark } }: { segment: Segment }) {
  if (mark === null) return text;
  return (
    <mark data-kind={mark.kind} data-current={mark.current}>
      {text}
    </mark>
  );
}
