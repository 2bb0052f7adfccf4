import { useEffect, useState } from "react";
import type { ModelInfo, ProfileScores } from "../../preload/api.ts";
import { percent, timeLeft } from "../format.ts";
import { useFolio } from "../store.ts";
import { calibrate, getProfile, stopCalibration } from "./actions.ts";
import { HeadPlot } from "./HeadPlot.tsx";

const stageWords = {
  starting: "Loading the model once more",
  heads: "Looking for heads that retrieve",
  layers: "Measuring what each layer loses",
} as const;

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
    <section className="calibration" aria-label="Calibration">
      <h3>Which heads retrieve</h3>
      {model.unsupported ? (
        <p>This model answers from the full cache, so there is nothing to calibrate: {model.unsupported}</p>
      ) : profile ? (
        <>
          <p>
            The stronger a field, the more its head looks up facts. What these heads look at is kept.{" "}
            <span className="facts">Measured in {profile.calibration}.</span>
          </p>
          <HeadPlot profile={profile} />
        </>
      ) : (
        <p>
          <strong>Using all heads, even budgets.</strong> Which heads of this model look up facts was not measured yet. A calibration finds
          out, once, from texts that Folio brings along; small budgets then keep more of what matters.
        </p>
      )}
      {running ? (
        <div className="running">
          <p role="status">
            {stageWords[running.stage]}
            {running.stage !== "starting" && `, ${percent(running.share)}, ${timeLeft(running.secondsLeft)}`}
          </p>
          <progress value={running.stage === "starting" ? undefined : running.share} max={1} aria-label="Calibration" />
          <button type="button" className="button" onClick={() => void stopCalibration()}>
            Stop, and go on another time
          </button>
        </div>
      ) : (
        !model.unsupported && (
          <button type="button" className="button" onClick={() => void calibrate()}>
            {profile ? "Calibrate again" : "Calibrate"}
          </button>
        )
      )}
    </section>
  );
}
