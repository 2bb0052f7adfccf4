import type { Download, ModelEntry } from "../../preload/api.ts";
import { bytes, count, timeLeft } from "../format.ts";
import { Hint, IconButton } from "../Hint.tsx";
import { AlertTriangle, Check, Download as DownloadIcon, Pause, Play, SlidersHorizontal, Trash2, X } from "../icons.ts";
import { useFolio } from "../store.ts";
import { cancelDownload, chooseModel, pauseDownload, removeModel, showModel, startDownload } from "./actions.ts";
import type { Fit } from "./fit.ts";

const fitWords = { fits: "Fits well", tight: "Tight", large: "Too large" } as const;

/** One model: what it is for, whether it fits, and what can be done with it. */
export function ModelRow({ entry, fit, best }: { entry: ModelEntry; fit: Fit | null; best: boolean }) {
  const used = useFolio((s) => s.model !== null && s.model.file === entry.file);
  const download = useFolio((s) => s.downloads.find(({ modelId }) => modelId === entry.id) ?? null);
  const { offer } = entry;
  const facts = [
    entry.bytes > 0 && bytes(entry.bytes),
    entry.shape && `up to ${count(entry.shape.contextLength)} tokens`,
    offer?.licence,
    offer?.languages,
    entry.origin === "linked" && entry.file,
  ].filter(Boolean);
  return (
    <li className="model" data-used={used} aria-label={entry.name}>
      <div className="about">
        <h4>
          {entry.name}
          {used && <span className="badge">In use</span>}
          {best && !used && <span className="badge">Recommended here</span>}
        </h4>
        {entry.problem ? (
          <p className="wrong">
            <AlertTriangle aria-hidden="true" /> {entry.problem}
          </p>
        ) : (
          offer && <p className="why">{offer.why}</p>
        )}
        <p className="facts">{facts.join(" · ")}</p>
        {download && <DownloadState download={download} />}
      </div>
      <div className="right">
        {fit && !entry.problem && <FitPill entry={entry} fit={fit} />}
        <span className="doing">
          {download ? <DownloadButtons download={download} name={entry.name} /> : <Buttons entry={entry} used={used} />}
        </span>
      </div>
    </li>
  );
}

export function FitPill({ entry, fit }: { entry: ModelEntry; fit: Fit }) {
  const { measured } = entry;
  return (
    <span className="fit" data-verdict={fit.verdict}>
      <Hint
        term
        text={
          <>
            Computed for {count(fit.tokens)} tokens: model {bytes(fit.weights)} + reading {bytes(fit.reading)} + answering{" "}
            {bytes(fit.answering)} + scratch space {bytes(fit.scratch)} = {bytes(fit.bytes)}.{" "}
            {fit.longest > 0 ? `Up to about ${count(fit.longest)} tokens fit.` : "No document fits beside it."}
            {measured &&
              ` Measured with ${count(measured.promptTokens)} tokens: ${bytes(measured.processBytes)}, the model's file in memory included.`}
          </>
        }
      >
        {fitWords[fit.verdict]}
      </Hint>
      <small className="number">
        about {bytes(fit.bytes)}
        {measured && <>, measured {bytes(measured.processBytes)}</>}
      </small>
    </span>
  );
}

function Buttons({ entry, used }: { entry: ModelEntry; used: boolean }) {
  if (entry.file === null) {
    return (
      <button type="button" className="button" onClick={() => void startDownload(entry.id)}>
        <DownloadIcon aria-hidden="true" /> Download
      </button>
    );
  }
  const removable = !used && entry.origin !== "folder";
  return (
    <>
      {removable && (
        <IconButton
          label={entry.origin === "list" ? `Delete ${entry.name} from this computer` : `Forget ${entry.name}; its file stays`}
          onClick={() => void removeModel(entry.id)}
        >
          {entry.origin === "list" ? <Trash2 /> : <X />}
        </IconButton>
      )}
      {!entry.problem && (
        <IconButton label={`Settings of ${entry.name}`} onClick={() => showModel(entry.id)}>
          <SlidersHorizontal />
        </IconButton>
      )}
      {!used && !entry.problem && (
        <button type="button" className="button" onClick={() => void chooseModel(entry.id)}>
          <Check aria-hidden="true" /> Use
        </button>
      )}
    </>
  );
}

function DownloadState({ download }: { download: Download }) {
  return (
    <div className="download" data-phase={download.phase}>
      <progress value={download.done} max={download.total} aria-label="Downloaded" />
      <p className="number" role="status">
        {downloadWords(download)}
      </p>
    </div>
  );
}

export function downloadWords(download: Download): string {
  const share = `${bytes(download.done)} of ${bytes(download.total)}`;
  switch (download.phase) {
    case "running":
      return download.bytesPerSecond > 0 ? `${share} · ${bytes(download.bytesPerSecond)}/s · ${timeLeft(download.secondsLeft)}` : share;
    case "waiting":
      return `${share} · ${download.message} It goes on by itself.`;
    case "paused":
      return `${share} · paused`;
    case "checking":
      return `Checking what is here already, ${share}`;
    case "failed":
      return download.message;
    default:
      return download satisfies never;
  }
}

function DownloadButtons({ download, name }: { download: Download; name: string }) {
  const { modelId, phase } = download;
  const stopped = phase === "paused" || phase === "failed";
  return (
    <>
      <IconButton label={`Throw away what has come of ${name}`} onClick={() => void cancelDownload(modelId)}>
        <X />
      </IconButton>
      <button type="button" className="button" onClick={() => void (stopped ? startDownload(modelId) : pauseDownload(modelId))}>
        {stopped ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
        {phase === "failed" ? "Try again" : stopped ? "Go on" : "Pause"}
      </button>
    </>
  );
}
