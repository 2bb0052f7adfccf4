import { alone } from "./arrivals.ts";
import { bytes, keyName } from "./format.ts";
import { BookOpenText, FileDown } from "./icons.ts";
import { languageNow, say, t } from "./language.ts";
import { importFiles } from "./library.ts";
import { showModels } from "./models/actions.ts";
import { recommended } from "./models/fit.ts";
import { useFits } from "./models/useFits.ts";
import { Notices } from "./Notices.tsx";
import { rich } from "./rich.ts";
import germanSample from "./sample.de.md?raw";
import englishSample from "./sample.md?raw";
import { keysFor, pickFiles } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

/** About how many tokens a page of running English takes; said as "about" only. */
const tokensPerPage = 450;

/** The window without documents: one thing to do, what this computer can do, and a document to try. */
export function Welcome() {
  const model = useFolio((s) => s.model);
  const noModel = useFolio((s) => s.engine.phase === "no-model" || s.engine.phase === "down");
  const totalBytes = useFolio((s) => s.memory.systemTotalBytes);
  const freeBytes = useFolio((s) => s.memory.systemFreeBytes);
  const cores = useFolio((s) => s.machine.cores);
  const file = model?.file ?? null;
  const used = useFolio((s) => s.models.find((entry) => entry.file !== null && entry.file === file) ?? null);
  const why = used?.offer?.why;
  // A model that knows no German could not answer from a German text.
  const foreign = languageNow() !== "en" && used?.offer?.languages === "English";
  const sample =
    languageNow() === "de" && !foreign
      ? { name: "Ein kurzer Wegweiser durch Folio.md", text: germanSample }
      : { name: "A short guide to Folio.md", text: englishSample };
  const best = recommended(
    useFits(),
    useFolio((s) => s.machine),
  );
  const better = best?.file === null ? best : null;
  return (
    <main className="welcome" aria-label={t("Welcome")}>
      <div className="welcome-inner">
        <Notices />
        <button type="button" className="drop-here" onClick={pickFiles}>
          <FileDown aria-hidden="true" />
          <strong>{t("Drop a long document here")}</strong>
          <span>
            {t("PDF, Office files, e-books, web pages or text. Or choose files")} <kbd>{keyName(keysFor("Add documents"))}</kbd>
          </span>
        </button>
        {!noModel && (
          <button
            type="button"
            className="button sample"
            onClick={() => void importFiles(alone([new File([sample.text], sample.name, { type: "text/markdown" })]))}
          >
            <BookOpenText aria-hidden="true" /> {t("Try it with a short guide to Folio")}
          </button>
        )}
        <p className="promise">
          {rich(
            "A model on this computer reads {all} of it, answers your question, and shows the passages that the answer rests on. The line below shows how little memory that took. Nothing leaves this computer.",
            { all: <em>{t("all")}</em> },
          )}
        </p>
        <dl className="machine">
          {totalBytes > 0 && (
            <div>
              <dt>{t("This computer")}</dt>
              <dd>{t("{bytes} of memory", { bytes: bytes(totalBytes) })}</dd>
              <dd className="small">
                {t("{cores}, {free} free now", { cores: t("{count} cores", { count: cores }), free: bytes(freeBytes) })}
              </dd>
            </div>
          )}
          {model && (
            <>
              <div>
                <dt>{t("Model")}</dt>
                <dd>{used?.name ?? model.name}</dd>
                <dd className="small">
                  {bytes(model.bytes)} ·{" "}
                  <button type="button" className="link" onClick={showModels}>
                    {t("Change")}
                  </button>
                </dd>
              </div>
              <div>
                <dt>{t("Reads at once")}</dt>
                <dd>
                  {t("about {pages}", {
                    pages: t("{count} pages", { count: Math.max(1, Math.round(model.contextLength / tokensPerPage)) }),
                  })}
                </dd>
                <dd className="small">{t("{count} tokens", { count: model.contextLength })}</dd>
              </div>
            </>
          )}
          {why && (
            <div className="why">
              <dt>{t("What to expect")}</dt>
              <dd>
                {say({ text: why })}
                {foreign && ` ${t("It knows English only: for other documents and questions choose another model.")}`}
                {better &&
                  ` ${t("Of Folio’s list, {name} would suit this computer best: it is {bytes} to download.", { name: better.name, bytes: bytes(better.bytes) })}`}
              </dd>
            </div>
          )}
        </dl>
      </div>
    </main>
  );
}
