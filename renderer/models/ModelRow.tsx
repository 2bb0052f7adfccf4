import { type ReactNode, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Download, ModelEntry } from "../../preload/api.ts";
import { bytes, timeLeft } from "../format.ts";
import { Hint, IconButton } from "../Hint.tsx";
import { AlertTriangle, Check, Download as DownloadIcon, Info, Pause, Play, SlidersHorizontal, Trash2, X } from "../icons.ts";
import { say, t } from "../language.ts";
import { thenTitle } from "../Modal.tsx";
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
    entry.shape && t("up to {tokens}", { tokens: t("{count} tokens", { count: entry.shape.contextLength }) }),
    offer?.licence,
    offer && say({ text: offer.languages }),
    entry.origin === "linked" && entry.file,
  ].filter(Boolean);
  return (
    <li className="model" data-used={used} aria-label={entry.name}>
      <div className="about">
        <h4>
          {entry.name}
          {used && <span className="badge">{t("In use")}</span>}
          {best && !used && <span className="badge">{t("Recommended here")}</span>}
        </h4>
        {entry.problem ? (
          <p className="wrong">
            <AlertTriangle aria-hidden="true" /> {say(entry.problem)}
          </p>
        ) : (
          offer && <p className="why">{say({ text: offer.why })}</p>
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
            {t(
              "Computed for {tokens} tokens: model {model} + reading {reading} + answering {answering} + scratch space {scratch} = {all}.",
              {
                tokens: fit.tokens,
                model: bytes(fit.weights),
                reading: bytes(fit.reading),
                answering: bytes(fit.answering),
                scratch: bytes(fit.scratch),
                all: bytes(fit.bytes),
              },
            )}{" "}
            {fit.longest > 0 ? t("Up to about {tokens} tokens fit.", { tokens: fit.longest }) : t("No document fits beside it.")}
            {measured &&
              ` ${t("Measured with {tokens} tokens: {bytes}, the model's file in memory included.", { tokens: measured.promptTokens, bytes: bytes(measured.processBytes) })}`}
          </>
        }
      >
        {t(fitWords[fit.verdict])}
      </Hint>
      <small className="number">
        {t("about {bytes}", { bytes: bytes(fit.bytes) })}
        {measured && `, ${t("measured {bytes}", { bytes: bytes(measured.processBytes) })}`}
      </small>
    </span>
  );
}

function Buttons({ entry, used }: { entry: ModelEntry; used: boolean }) {
  if (entry.file === null) {
    return (
      <>
        <IconButton label={t("About {name}", { name: entry.name })} onClick={() => showModel(entry.id)}>
          <Info />
        </IconButton>
        <button type="button" className="button" onClick={() => void startDownload(entry.id)}>
          <DownloadIcon aria-hidden="true" /> {t("Download")}
        </button>
      </>
    );
  }
  const removable = !used && entry.origin !== "folder";
  return (
    <>
      {removable && entry.origin === "list" && (
        <AskedTwice
          label={t("Delete {name} from this computer", { name: entry.name })}
          icon={<Trash2 />}
          yes={t("Delete it, {bytes} become free", { bytes: bytes(entry.bytes) })}
          onYes={() => removeModel(entry.id)}
        />
      )}
      {removable && entry.origin === "linked" && (
        <IconButton label={t("Forget {name}; its file stays", { name: entry.name })} onClick={() => void thenTitle(removeModel(entry.id))}>
          <X />
        </IconButton>
      )}
      {!entry.problem && (
        <IconButton label={t("Settings of {name}", { name: entry.name })} onClick={() => showModel(entry.id)}>
          <SlidersHorizontal />
        </IconButton>
      )}
      {!used && !entry.problem && (
        <button type="button" className="button" onClick={() => void chooseModel(entry.id)}>
          <Check aria-hidden="true" /> {t("Use")}
        </button>
      )}
    </>
  );
}

function DownloadState({ download }: { download: Download }) {
  return (
    <div className="download" data-phase={download.phase}>
      <progress value={download.done} max={download.total} aria-label={t("Downloaded")} />
      {/* Read aloud where something has happened, not at every step on the way. */}
      <p className="number" role={download.phase === "running" || download.phase === "checking" ? undefined : "status"}>
        {downloadWords(download)}
      </p>
    </div>
  );
}

export function downloadWords(download: Download): string {
  const share = t("{part} of {whole}", { part: bytes(download.done), whole: bytes(download.total) });
  switch (download.phase) {
    case "running":
      return download.bytesPerSecond > 0 ? `${share} · ${bytes(download.bytesPerSecond)}/s · ${timeLeft(download.secondsLeft)}` : share;
    case "waiting":
      return `${share} · ${say(download.why)} ${t("It goes on by itself.")}`;
    case "paused":
      return `${share} · ${t("paused")}`;
    case "checking":
      return t("Checking what is here already, {share}", { share });
    case "failed":
      return say(download.why);
    default:
      return download satisfies never;
  }
}

function DownloadButtons({ download, name }: { download: Download; name: string }) {
  const { modelId, phase } = download;
  const stopped = phase === "paused" || phase === "failed";
  return (
    <>
      <AskedTwice
        label={t("Throw away what has come of {name}", { name })}
        icon={<X />}
        yes={t("Throw {bytes} away", { bytes: bytes(download.done) })}
        onYes={() => cancelDownload(modelId)}
      />
      <button type="button" className="button" onClick={() => void (stopped ? startDownload(modelId) : pauseDownload(modelId))}>
        {stopped ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
        {phase === "failed" ? t("Try again") : stopped ? t("Go on") : t("Pause")}
      </button>
    </>
  );
}

const focusOnce = (element: HTMLElement | null) => element?.focus();

/** A button for what cannot be taken back: it asks in its own place, and forgets that when the focus goes elsewhere. */
function AskedTwice(props: { label: string; icon: ReactNode; yes: string; onYes: () => Promise<unknown> }) {
  const [asked, setAsked] = useState(false);
  const button = useRef<HTMLSpanElement>(null);
  const keep = () => {
    flushSync(() => setAsked(false));
    button.current?.querySelector("button")?.focus();
  };
  if (!asked)
    return (
      <span ref={button} className="twice">
        <IconButton label={props.label} onClick={() => setAsked(true)}>
          {props.icon}
        </IconButton>
      </span>
    );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape leaves the question, not the dialog.
    <span
      className="twice"
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setAsked(false)}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        keep();
      }}
    >
      <button type="button" className="link" ref={focusOnce} onClick={keep}>
        {t("Keep it")}
      </button>
      <button type="button" className="button" onClick={() => void thenTitle(props.onYes())}>
        {props.yes}
      </button>
    </span>
  );
}
