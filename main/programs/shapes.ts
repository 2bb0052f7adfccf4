/** What programs send to the local server and what it answers, in the shapes of OpenAI's API; its own additions are called `folio`. */
import { z } from "zod";
import type { AppError, DocumentInfo, ModelInfo } from "../../preload/api.ts";
import { inEnglish } from "../../preload/sentences.ts";
import type { Answered } from "../asker.ts";
import type { PastTurn } from "../engine/prompt.ts";

/** A refusal or failure as a program gets it: the status, and one plain sentence. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;

  constructor(status: number, { code, message }: { code: string; message: string }, param: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  get body() {
    const type = this.status === 401 ? "authentication_error" : this.status < 500 ? "invalid_request_error" : "server_error";
    return { error: { message: this.message, type, param: this.param, code: this.code } };
  }
}

/** The same failure with the status that programs know it by. */
export function asApiError(error: AppError): ApiError {
  const { code } = error;
  const told = { code, message: inEnglish(error) };
  if (code === "not-there") return new ApiError(404, told);
  if (code === "too-long") return new ApiError(400, { ...told, code: "context_length_exceeded" });
  if (code === "nothing-to-read" || code.startsWith("document-")) return new ApiError(400, told);
  const passing = ["no-model", "bad-model", "native-missing", "no-memory", "engine-stopped", "busy", "stopped", "disk-full"];
  return new ApiError(passing.includes(code) ? 503 : 500, told);
}

const bad = (param: string, message: string) => new ApiError(400, { code: "bad-request", message }, param || null);

/** A document in a message: one of the library, or a file itself. */
export type FilePart = { id: string } | { name: string; bytes: Uint8Array };

const fileSchema = z.object({
  file_id: z.string().max(100).nullish(),
  file_data: z.string().nullish(),
  filename: z.string().max(4096).nullish(),
});

const partSchema = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["text", "input_text"]), text: z.string() }),
  z.object({ type: z.literal("refusal"), refusal: z.string() }),
  z.object({ type: z.literal("file"), file: fileSchema }),
]);

const contentSchema = z.preprocess(
  (content) => (typeof content === "string" ? [{ type: "text", text: content }] : content),
  z.array(partSchema).max(1000).nullish(),
);

const chatSchema = z.object({
  messages: z
    .array(z.object({ role: z.enum(["system", "developer", "user", "assistant"]), content: contentSchema }))
    .min(1)
    .max(10_000),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  max_tokens: z.int().min(1).max(100_000).nullish(),
  max_completion_tokens: z.int().min(1).max(100_000).nullish(),
});

/** What cannot be done and would be missed: better refused than answered as if it had not been asked for. */
const unsupported: Record<string, { asks(value: unknown): boolean; message: string }> = {
  n: { asks: (value) => value !== 1, message: "Folio gives one answer to a question: leave n out, and ask again for another." },
  tools: { asks: isFilled, message: "Folio's models call no tools: leave tools out." },
  functions: { asks: isFilled, message: "Folio's models call no functions: leave functions out." },
  stop: { asks: isFilled, message: "Folio does not stop at given words: leave stop out, or set max_tokens." },
  logprobs: { asks: (value) => value !== false, message: "Folio does not give the probabilities of tokens: leave logprobs out." },
  audio: { asks: () => true, message: "Folio answers in text alone: leave audio out." },
  response_format: {
    asks: (value) => (value as { type?: unknown }).type !== "text",
    message: "Folio answers in free text: leave response_format out.",
  },
};

function isFilled(value: unknown): boolean {
  return typeof value === "string" ? value !== "" : !Array.isArray(value) || value.length > 0;
}

/** What a program wants answered. */
export type ChatRequest = {
  files: FilePart[];
  history: PastTurn[];
  question: string;
  stream: boolean;
  includeUsage: boolean;
  temperature: number | undefined;
  maxAnswerTokens: number | undefined;
};

/** Reads the body of a chat request. @throws ApiError */
export function parseChat(body: unknown): ChatRequest {
  if (typeof body === "object" && body !== null) {
    for (const [name, { asks, message }] of Object.entries(unsupported)) {
      const value = (body as Record<string, unknown>)[name];
      if (value !== undefined && value !== null && asks(value)) throw bad(name, message);
    }
  }
  const parsed = chatSchema.safeParse(body);
  if (!parsed.success) throw asRefusal(parsed.error);
  const { messages, stream, stream_options, temperature, max_tokens, max_completion_tokens } = parsed.data;
  return {
    ...readMessages(messages),
    stream: stream ?? false,
    includeUsage: stream_options?.include_usage ?? false,
    temperature: temperature ?? undefined,
    maxAnswerTokens: max_completion_tokens ?? max_tokens ?? undefined,
  };
}

function asRefusal(error: z.ZodError): ApiError {
  const { path, message } = error.issues[0]!;
  const where = path.join(".");
  if (where === "") return bad("", "The body must be a JSON object with the field messages.");
  if (path.includes("content") && path.at(-1) === "type")
    return bad(where, "Messages hold text and files here, no pictures and no sound: leave the other parts out.");
  if (path.at(-1) === "role") return bad(where, "A message is of one of the roles system, user and assistant; others are not known here.");
  return bad(where, `The field ${where} cannot be used as it is (${message}): correct it and send it again.`);
}

type Message = z.infer<typeof chatSchema>["messages"][number];

/** Files in order become the documents, exchanges the history, the last user's words the question; what the system says goes in front of it. */
function readMessages(messages: Message[]): Pick<ChatRequest, "files" | "history" | "question"> {
  const files: FilePart[] = [];
  const system: string[] = [];
  const turns: { question: string[]; answer: string[] }[] = [];
  for (const [i, { role, content }] of messages.entries()) {
    const parts = content ?? [];
    const words = parts.flatMap((part) => (part.type === "file" ? [] : [part.type === "refusal" ? part.refusal : part.text])).join("\n");
    for (const part of parts) {
      if (part.type !== "file") continue;
      if (role !== "user") throw bad(`messages.${i}`, "Files belong into messages of the role user.");
      files.push(readFile(part.file, `messages.${i}.content`));
    }
    if (role === "system" || role === "developer") system.push(words);
    else if (role === "user") {
      // Several messages in a row are one question.
      if (turns.length === 0 || turns.at(-1)!.answer.length > 0) turns.push({ question: [], answer: [] });
      turns.at(-1)!.question.push(words);
    } else {
      if (turns.length === 0) throw bad(`messages.${i}`, "A conversation begins with a message of the role user.");
      turns.at(-1)!.answer.push(words);
    }
  }
  const join = (texts: string[]) =>
    texts
      .map((text) => text.trim())
      .filter((text) => text !== "")
      .join("\n\n");
  const last = turns.pop();
  if (!last || last.answer.length > 0 || join(last.question) === "")
    throw bad("messages", "The last message must be of the role user and ask something.");
  const history = turns.map(({ question, answer }) => ({ question: join(question), answer: join(answer) }));
  return { files, history: history.filter(({ answer }) => answer !== ""), question: join([...system, ...last.question]) };
}

function readFile(file: z.infer<typeof fileSchema>, where: string): FilePart {
  if (file.file_id) return { id: file.file_id };
  if (!file.file_data || !file.filename) throw bad(where, "A file part needs a file_id, or file_data and a filename.");
  const base64 = file.file_data.slice(file.file_data.startsWith("data:") ? file.file_data.indexOf(",") + 1 : 0).replace(/={1,2}$/, "");
  const bytes = Buffer.from(base64, "base64");
  // Whatever is no base64 was left out.
  if (bytes.length === 0 || bytes.length !== Math.floor((base64.length * 3) / 4))
    throw bad(where, "file_data must be the file as base64, bare or in a data URL.");
  return { name: file.filename, bytes };
}

/** A model in the list. */
export const modelObject = ({ name, contextLength }: ModelInfo) => ({
  id: name,
  object: "model",
  created: 0,
  owned_by: "folio",
  folio: { contextLength },
});

/** A document as a file; null for one that failed to become one. */
export function fileObject(document: DocumentInfo) {
  if (document.phase === "failed") return null;
  const { id, name, fileBytes, addedAt } = document;
  return {
    id,
    object: "file",
    bytes: fileBytes,
    created_at: Math.floor(addedAt / 1000),
    filename: name,
    purpose: "user_data",
    status: document.phase === "ready" ? "processed" : "uploaded",
    ...(document.phase === "ready" && {
      folio: {
        pages: document.pages,
        characters: document.characters,
        tokens: document.tokens,
        emptyPages: document.emptyPages,
        notes: document.notes.map(inEnglish),
      },
    }),
  };
}

/** An answer's head: who answers, and when. */
export type AnswerHead = { id: string; created: number; model: string };

/** A whole answer. */
export function completionObject(head: AnswerHead, answered: Answered, nameOf: (documentId: string) => string) {
  const message = { role: "assistant", content: answered.answer, refusal: null };
  return {
    ...head,
    object: "chat.completion",
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(answered) }],
    usage: usageOf(answered),
    folio: folioOf(answered, nameOf),
  };
}

/** A piece of a streamed answer. */
export function chunkObject(head: AnswerHead, delta: { role?: "assistant"; content?: string }, reason: string | null = null) {
  return { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] };
}

/** The last pieces of a streamed answer: how it ended and what it rests on, and, for who asked for it, its length. */
export function lastChunks(head: AnswerHead, answered: Answered, nameOf: (documentId: string) => string, includeUsage: boolean) {
  const end = { ...chunkObject(head, {}, finishReason(answered)), folio: folioOf(answered, nameOf) };
  return includeUsage ? [end, { ...head, object: "chat.completion.chunk", choices: [], usage: usageOf(answered) }] : [end];
}

const finishReason = ({ stopReason }: Answered) => (stopReason === "length" ? "length" : "stop");

const usageOf = ({ promptTokens, answerTokens }: Answered) => ({
  prompt_tokens: promptTokens,
  completion_tokens: answerTokens,
  total_tokens: promptTokens + answerTokens,
});

function folioOf({ cache, timing, evidence, stopReason, notice }: Answered, nameOf: (documentId: string) => string) {
  const passages = evidence.map(({ documentId, ...passage }) => ({ file_id: documentId, document: nameOf(documentId), ...passage }));
  return { stopReason, cache, timing, evidence: passages, notice: notice && inEnglish(notice) };
}
