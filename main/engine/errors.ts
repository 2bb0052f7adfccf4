import type { AppError } from "../../preload/api.ts";
import type { Text, ValuesOf } from "../../preload/sentences.ts";
import { PlainError } from "../plain-error.ts";

/** An expected failure of the engine: a stable code and one plain sentence that says what to do. */
export class EngineError<T extends Text = Text> extends PlainError<EngineErrorCode, T> {
  override readonly name = "EngineError";
}

/** The error that came from another process as `told`. */
export const engineErrorOf = ({ code, text, values }: AppError): EngineError =>
  new EngineError(code as EngineErrorCode, text as Text, ...([values] as unknown as ValuesOf<Text>));

export type EngineErrorCode =
  | "native-missing"
  | "no-model"
  | "bad-model"
  | "no-memory"
  | "too-long"
  | "nothing-to-read"
  | "engine-stopped"
  | "busy"
  | "bad-setting"
  | "stopped"
  | "download"
  | "bad-path"
  | "untrusted";
