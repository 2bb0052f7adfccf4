/** An expected failure of the engine: a stable code and one plain sentence that says what to do. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  constructor(code: EngineErrorCode, message: string) {
    super(message);
    this.name = "EngineError";
    this.code = code;
  }
}

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
