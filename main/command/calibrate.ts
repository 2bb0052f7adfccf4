/** `folio calibrate`: makes a profile for a model file, with progress and time left on stderr. Stopped with Ctrl-C, it goes on where it was. */
import { calibrate } from "../engine/calibrate.ts";

/** @throws EngineError as `calibrate` does */
export async function calibrateModel(options: { model: string; out: string | null; threads: number }): Promise<void> {
  const stop = new AbortController();
  const onInterrupt = () => stop.abort();
  process.once("SIGINT", onInterrupt);
  const line = (text: string) => process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
  try {
    const { profile, out } = await calibrate(options.model, {
      threads: options.threads,
      out: options.out,
      signal: stop.signal,
      onProgress: ({ stage, share, secondsLeft }) => {
        const what = stage === "heads" ? "looking for retrieval heads" : "measuring layers";
        const left = secondsLeft === null ? "" : `, about ${Math.max(1, Math.round(secondsLeft / 60))} min left`;
        line(`${what}: ${(100 * share).toFixed(0)} %${left}`);
      },
    });
    line(`${profile.model}: ${profile.calibration}\n`);
    console.log(out);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    line("Stopped. The same command goes on from here.\n");
    process.exitCode = 130;
  } finally {
    process.off("SIGINT", onInterrupt);
  }
}
