import type { ReactNode } from "react";
import { setSafeMode } from "./actions.ts";
import { count, percent } from "./format.ts";
import { Hint } from "./Hint.tsx";
import { AlertTriangle, Info } from "./icons.ts";
import { say, t } from "./language.ts";
import { showModel, showModels } from "./models/actions.ts";
import { rich } from "./rich.ts";
import { selectEngineReady, useFolio } from "./store.ts";

/** What the bridge says when the host behind this window does not answer; then it is not the engine that starts again. */
const lost = new Set(["host-gone", "no-key"]);

/** What the engine's or the model's state means for the answers; nothing at all when everything is as usual. */
export function Notices() {
  const engine = useFolio((s) => (selectEngineReady(s) ? null : s.engine));
  const profileMissing = useFolio((s) => s.model !== null && s.model.profile === null && s.model.unsupported === null);
  const unsupported = useFolio((s) => s.model?.unsupported ?? null);
  const model = useFolio((s) => s.model?.name ?? "");
  const used = useFolio((s) => s.models.find(({ file }) => file !== null && file === s.model?.file)?.id ?? null);
  const calibrating = useFolio((s) => s.calibration !== null);
  const safeMode = useFolio((s) => s.safeMode);
  const longest = useFolio((s) => s.model?.contextLength ?? null);
  return (
    <div className="notices" aria-live="polite">
      {engine?.phase === "starting" && <Notice>{t("Starting the engine…")}</Notice>}
      {engine?.phase === "loading" && (
        <Notice>
          {/* Not read aloud at every step on the way. */}
          {rich("Loading {name}, {share}", { name: engine.model, share: <span aria-live="off">{percent(engine.progress)}</span> })}
          <progress value={engine.progress} max={1} aria-label={t("Loading {name}", { name: engine.model })} />
        </Notice>
      )}
      {engine?.phase === "no-model" && (
        <Notice kind="warning">
          <strong>{t("There is no model to answer with.")}</strong> {say(engine.error)}{" "}
          <button type="button" className="link" onClick={showModels}>
            {t("Choose a model")}
          </button>
        </Notice>
      )}
      {engine?.phase === "down" && (
        <Notice kind="warning">
          <strong>{t("The engine has stopped.")}</strong> {say(engine.error)}{" "}
          {t("Documents, questions and answers are safe. Safe mode uses the small model that Folio comes with and short prompts.")}
          <span className="notice-actions">
            <button type="button" className="button primary" onClick={() => void setSafeMode(true)}>
              {t("Start in safe mode")}
            </button>
            <button type="button" className="button" onClick={() => void setSafeMode(false)}>
              {t("Try again")}
            </button>
            <button type="button" className="link" onClick={showModels}>
              {t("Choose another model")}
            </button>
          </span>
        </Notice>
      )}
      {safeMode && longest !== null && (
        <Notice>
          <strong>{t("Safe mode")}</strong>: {t("{name} answers, from at most {tokens} tokens.", { name: model, tokens: count(longest) })}{" "}
          <button type="button" className="link" onClick={() => void setSafeMode(false)}>
            {t("Start as usual")}
          </button>
        </Notice>
      )}
      {engine?.phase === "restarting" && (
        <Notice kind="warning">
          {lost.has(engine.error.code) ? (
            <>
              <strong>{t("This window has lost Folio.")}</strong> {say(engine.error)}
            </>
          ) : (
            <>
              <strong>{t("The engine is starting again.")}</strong> {say(engine.error)} {t("Documents, questions and answers are safe.")}
            </>
          )}
        </Notice>
      )}
      {unsupported && (
        <Notice>
          {t("{model} answers from the full cache: {why}. The budget has no effect.", {
            model,
            why: { text: unsupported.replace(/\.$/, "") },
          })}
        </Notice>
      )}
      {profileMissing && (
        <Notice>
          {rich("{allHeads}: {model} has not been calibrated, so small budgets keep less well.", {
            allHeads: (
              <Hint
                term
                text={t(
                  "No profile: which heads retrieve, and which layers lose most, has not been measured for this model. All heads vote, and every layer gets the same budget.",
                )}
              >
                {t("Using all heads")}
              </Hint>
            ),
            model,
          })}{" "}
          {calibrating ? (
            t("It is being calibrated now.")
          ) : (
            <button type="button" className="link" onClick={() => used && showModel(used)}>
              {t("Calibrate it")}
            </button>
          )}
        </Notice>
      )}
    </div>
  );
}

function Notice({ kind = "info", children }: { kind?: "info" | "warning"; children: ReactNode }) {
  return (
    <div className="notice" data-kind={kind}>
      {kind === "warning" ? <AlertTriangle aria-hidden="true" /> : <Info aria-hidden="true" />}
      <p>{children}</p>
    </div>
  );
}
