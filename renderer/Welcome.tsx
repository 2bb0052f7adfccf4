import { importFiles } from "./actions.ts";
import { bytes, count, plural } from "./format.ts";
import { BookOpenText, FileDown } from "./icons.ts";
import { showModels } from "./models/actions.ts";
import { recommended } from "./models/fit.ts";
import { useFits } from "./models/useFits.ts";
import { Notices } from "./Notices.tsx";
import sample from "./sample.md?raw";
import { keysFor, pickFiles } from "./shortcuts.ts";
import { useFolio } from "./store.ts";

/** About how many tokens a page of running English takes; said as "about" only. */
const tokensPerPage = 450;

/** The window without documents: one thing to do, what this computer can do, and a document to try. */
export function Welcome() {
  const model = useFolio((s) => s.model);
  const noModel = useFolio((s) => s.engine.phase === "no-model");
  const totalBytes = useFolio((s) => s.memory.systemTotalBytes);
  const freeBytes = useFolio((s) => s.memory.systemFreeBytes);
  const cores = useFolio((s) => s.machine.cores);
  const file = model?.file ?? null;
  const used = useFolio((s) => s.models.find((entry) => entry.file !== null && entry.file === file) ?? null);
  const why = used?.offer?.why;
  const best = recommended(
    useFits(),
    useFolio((s) => s.machine),
  );
  const better = best?.file === null ? best : null;
  return (
    <main className="welcome" aria-label="Welcome">
      <div className="welcome-inner">
        <Notices />
        <button type="button" className="drop-here" onClick={pickFiles}>
          <FileDown aria-hidden="true" />
          <strong>Drop a long document here</strong>
          <span>
            PDF, Office files, e-books, web pages or text. Or choose files <kbd>{keysFor("Add documents")}</kbd>
          </span>
        </button>
        {!noModel && (
          <button
            type="button"
            className="button sample"
            onClick={() => void importFiles([new File([sample], "A short guide to Folio.md", { type: "text/markdown" })])}
          >
            <BookOpenText aria-hidden="true" /> Try it with a short guide to Folio
          </button>
        )}
        <p className="promise">
          A model on this computer reads <em>all</em> of it, answers your question, and shows the passages that the answer rests on. The
          line below shows how little memory that took. Nothing leaves this computer.
        </p>
        <dl className="machine">
          {totalBytes > 0 && (
            <div>
              <dt>This computer</dt>
              <dd>{bytes(totalBytes)} of memory</dd>
              <dd className="small">
                {plural(cores, "core")}, {bytes(freeBytes)} free now
              </dd>
            </div>
          )}
          {model && (
            <>
              <div>
                <dt>Model</dt>
                <dd>{used?.name ?? model.name}</dd>
                <dd className="small">
                  {bytes(model.bytes)} ·{" "}
                  <button type="button" className="link" onClick={showModels}>
                    Change
                  </button>
                </dd>
              </div>
              <div>
                <dt>Reads at once</dt>
                <dd>about {count(Math.max(1, Math.round(model.contextLength / tokensPerPage)))} pages</dd>
                <dd className="small">{count(model.contextLength)} tokens</dd>
              </div>
            </>
          )}
          {why && (
            <div className="why">
              <dt>What to expect</dt>
              <dd>
                {why}
                {better && ` Of Folio’s list, ${better.name} would suit this computer best: it is ${bytes(better.bytes)} to download.`}
              </dd>
            </div>
          )}
        </dl>
      </div>
    </main>
  );
}
