import { useEffect, useState } from "react";
import type { ModelInfo, ProfileScores } from "../../preload/api.ts";
import { percent, timeLeft } from "../format.ts";
import { t } from "../language.ts";
import { useFolio } from "../store.ts";
import { calibrate, getProfile, stopCalibration } from "./actions.ts";
import { HeadPlot } from "./HeadPlot.tsx";

const stageWords = {
  starting: "Loading the model once more",
  heads: "Looking for heads that retrieve",
  layers: "Measuring what each layer loses",
} as const;

/** How a profile was measured, which its file says in English. */
function inWords(calibration: string): string {
  const [, used, runs, lengths, errors, date] =
    /^(\d+) of (\d+) needle runs at ([\d, ]+) tokens; (\d+) runs for layer errors; ([\d-]+)$/.exec(calibration) ?? [];
  if (!used || !runs || !lengths || !errors || !date) return calibration;
  return t("{used} of {runs} needle runs at {lengths} tokens; {errors} runs for layer errors; {date}", {
    used,
    runs,
    lengths,
    errors,
    date,
  });
}

/** What is known of a model's heads, and the way to find it out. */
export function Calibration({ model }: { model: ModelInfo }) {
  const running = useFolio((s) => s.calibration);
  const [profile, setProfile] = useState<ProfileScores | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a calibration that ended may have made another profile.
  useEffect(() => {
    let late = false;
    void getProfile().then((found) => late || setProfile(found));
    return () => {
      late = true;
    };
  }, [model.sha256, model.profile, running === null]);
  return (
    <section className="calibration" aria-label={t("Calibration")}>
      <h3>{t("Which heads retrieve")}</h3>
      {model.unsupported ? (
        <p>
          {t("This model answers from the full cache, so there is nothing to calibrate: {why}.", {
            why: { text: model.unsupported.replace(/\.$/, "") },
          })}
        </p>
      ) : profile ? (
        <>
          <p>
            {t("The stronger a field, the more its head looks up facts. What these heads look at is kept.")}{" "}
            <span className="facts">{t("Measured in {calibration}.", { calibration: inWords(profile.calibration) })}</span>
          </p>
          <HeadPlot profile={profile} />
        </>
      ) : (
        <p>
          <strong>{t("Using all heads, even budgets.")}</strong>{" "}
          {t(
            "Which heads of this model look up facts was not measured yet. A calibration finds out, once, from texts that Folio brings along; small budgets then keep more of what matters.",
          )}
        </p>
      )}
      {running ? (
        <div className="running">
          <p>
            <span role="status">{t(stageWords[running.stage])}</span>
            {running.stage !== "starting" && `, ${percent(running.share)}, ${timeLeft(running.secondsLeft)}`}
          </p>
          <progress value={running.stage === "starting" ? undefined : running.share} max={1} aria-label={t("Calibration")} />
          <button type="button" className="button" onClick={() => void stopCalibration()}>
            {t("Stop, and go on another time")}
          </button>
        </div>
      ) : (
        !model.unsupported && (
          <button type="button" className="button" onClick={() => void calibrate()}>
            {profile ? t("Calibrate again") : t("Calibrate")}
          </button>
        )
      )}
    </section>
  );
}
