/**
 * The local server for programs: documents and questions in the shapes of OpenAI's API, on 127.0.0.1 with a key. It is the window's library
 * and engine; conversations are the programs' own and are not kept.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { DocumentInfo } from "../../preload/api.ts";
import type { App } from "../app.ts";
import type { Answered, AskOptions } from "../asker.ts";
import { DocumentError } from "../documents/errors.ts";
import { securityHeaders } from "../hosts/assets.ts";
import { isKey, type Loopback, listenOnLoopback, readBody, refusal, send } from "../hosts/loopback.ts";
import { maxFileBytes } from "../hosts/router.ts";
import { plainError } from "../state.ts";
import {
  type AnswerHead,
  ApiError,
  asApiError,
  type ChatRequest,
  chunkObject,
  completionObject,
  type FilePart,
  fileObject,
  lastChunks,
  modelObject,
  parseChat,
} from "./shapes.ts";

/** Bytes of a chat request, files in it included, and of an upload as a form: both are read at one go, which must not stop the window. */
const maxChatBytes = 16 * 2 ** 20;
const maxFormBytes = 64 * 2 ** 20;
/** A stream that says nothing while a long document is read is kept alive, in ms. */
const heartbeatMs = 15_000;

/** Serves `app` to programs that know `key`. Rejects when the port is taken. */
export async function startApiServer(app: App, { port, key }: { port: number; key: string }): Promise<Loopback> {
  const server = await listenOnLoopback(port, async (request, response) => {
    try {
      await answer(request, response);
    } catch (error) {
      fail(response, error);
    }
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request, server.authority);
    if (refused !== null)
      throw new ApiError(refused, { code: "refused", message: `Only programs of this machine are answered, at ${server.origin}/v1.` });
    if (!isKey(request.headers.authorization, key)) throw new ApiError(401, wrongKey);
    const { pathname, searchParams } = new URL(request.url!, server.origin);
    const id = /^\/v1\/files\/([^/]+)$/.exec(pathname)?.[1];
    switch (`${request.method} ${id === undefined ? pathname : "/v1/files/ID"}`) {
      case "GET /v1/models": {
        const { model } = await app.requests.getState();
        return send(response, 200, { object: "list", data: model ? [modelObject(model)] : [] });
      }
      case "GET /v1/files": {
        const { documents } = await app.requests.getState();
        return send(response, 200, { object: "list", data: documents.map(fileObject).filter((file) => file !== null), has_more: false });
      }
      case "POST /v1/files": {
        const { name, bytes } = await readUpload(request, searchParams);
        return send(response, 200, fileObject(await add(name, bytes)));
      }
      case "GET /v1/files/ID":
        return send(response, 200, fileObject(await find(id!)));
      case "DELETE /v1/files/ID":
        await find(id!);
        await app.requests.removeDocument(id!);
        return send(response, 200, { id, object: "file", deleted: true });
      case "POST /v1/chat/completions":
        return await chat(parseChat(await readJson(request)), response);
      default:
        throw new ApiError(404, {
          code: "not-found",
          message: `There is no ${request.method} ${pathname} here: see Folio's README for what there is.`,
        });
    }
  }

  async function find(id: string): Promise<DocumentInfo> {
    const found = (await app.requests.getState()).documents.find((document) => document.id === id);
    if (!found || found.phase === "failed")
      throw new ApiError(
        404,
        { code: "not-there", message: `There is no file ${id} in the library: add it with POST /v1/files.` },
        "file_id",
      );
    return found;
  }

  async function add(name: string, bytes: Uint8Array): Promise<DocumentInfo> {
    const document = await app.programs.addDocument(name, bytes);
    if (document.phase === "failed") throw asApiError(document.error);
    return document;
  }

  async function documentOf(part: FilePart): Promise<DocumentInfo> {
    const document = "id" in part ? await find(part.id) : await add(part.name, part.bytes);
    if (document.phase === "ready") return document;
    if (document.phase === "scanned") throw asApiError(new DocumentError("document-scanned", document.name).told);
    throw new ApiError(409, { code: "busy", message: `“${document.name}” is still being added: ask again in a moment.` }, "file_id");
  }

  async function chat({ files, history, question, ...wanted }: ChatRequest, response: ServerResponse): Promise<void> {
    if (files.length === 0) throw new ApiError(400, noDocument, "messages");
    const documents = new Map<string, string>();
    for (const part of files) {
      const { id, name } = await documentOf(part);
      documents.set(id, name);
    }
    const head = {
      id: `chatcmpl-${randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
      model: (await app.requests.getState()).model?.name ?? "folio",
    };
    const nameOf = (id: string) => documents.get(id) ?? "";
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    if (response.destroyed) gone.abort();
    const ask = (onText: AskOptions["onText"]): Promise<Answered> =>
      app.programs.ask(
        { documentIds: [...documents.keys()], extent: { kind: "whole" }, history, question },
        { signal: gone.signal, onText, maxAnswerTokens: wanted.maxAnswerTokens, temperature: wanted.temperature },
      );
    if (wanted.stream) await stream(response, head, ask, (answered) => lastChunks(head, answered, nameOf, wanted.includeUsage));
    else {
      const answered = await ask(() => {});
      if (!response.destroyed) send(response, 200, completionObject(head, answered, nameOf));
    }
  }

  return server;
}

/**
 * Server-sent events, one for each piece of text. The head is sent with the first words, or when those let themselves be waited for: what fails
 * before has a status of its own.
 */
async function stream(
  response: ServerResponse,
  head: AnswerHead,
  ask: (onText: (text: string) => void) => Promise<Answered>,
  last: (answered: Answered) => object[],
): Promise<void> {
  const write = (text: string) => void (response.destroyed || response.write(text));
  const event = (value: object) => write(`data: ${JSON.stringify(value)}\n\n`);
  const begin = () => {
    if (response.headersSent) return;
    response.writeHead(200, { ...securityHeaders(), "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
    event(chunkObject(head, { role: "assistant", content: "" }));
  };
  const heartbeat = setInterval(() => {
    begin();
    write(": still at it\n\n");
  }, heartbeatMs);
  try {
    const answered = await ask((content) => {
      begin();
      event(chunkObject(head, { content }));
    });
    begin();
    for (const chunk of last(answered)) event(chunk);
    write("data: [DONE]\n\n");
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    event(asFailure(error).body);
    response.end();
  } finally {
    clearInterval(heartbeat);
  }
}

function asFailure(error: unknown): ApiError {
  return error instanceof ApiError ? error : asApiError(plainError(error));
}

function fail(response: ServerResponse, error: unknown): void {
  // Who went away is not told, and a body that ended too early is no failure of ours.
  if (response.destroyed) return;
  const failure = asFailure(error);
  send(response, failure.status, failure.body);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  requireType(request, /^application\/json\b/i, "application/json");
  const body = await readWhole(request, maxChatBytes, "Add large files with POST /v1/files first, and name their file_id.");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new ApiError(400, { code: "bad-request", message: "The body is not valid JSON: correct it and send it again." });
  }
}

/** A form with the field `file`, or the bytes themselves with `?filename=`. */
async function readUpload(request: IncomingMessage, query: URLSearchParams): Promise<{ name: string; bytes: Uint8Array }> {
  const type = request.headers["content-type"] ?? "";
  if (/^multipart\/form-data\b/i.test(type)) {
    const body = await readWhole(request, maxFormBytes, "Send it as application/octet-stream with ?filename=NAME instead.");
    const form = await new Response(body, { headers: { "content-type": type } }).formData().catch(() => null);
    const file = form?.get("file");
    if (!(file instanceof File))
      throw new ApiError(400, { code: "bad-request", message: "The form has no file: put it into the field “file”." }, "file");
    return { name: file.name, bytes: await file.bytes() };
  }
  requireType(request, /^application\/octet-stream\b/i, "multipart/form-data or application/octet-stream");
  const name = query.get("filename");
  if (!name) throw new ApiError(400, { code: "bad-request", message: "The file has no name: give it as ?filename=NAME." }, "filename");
  return { name, bytes: await readWhole(request, maxFileBytes, "Split it, and add the parts that matter.") };
}

function requireType(request: IncomingMessage, type: RegExp, name: string): void {
  if (!type.test(request.headers["content-type"] ?? ""))
    throw new ApiError(415, { code: "bad-request", message: `The body must be sent with the content-type ${name}.` });
}

async function readWhole(request: IncomingMessage, most: number, instead: string): Promise<Uint8Array<ArrayBuffer>> {
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (!Number.isInteger(length))
    throw new ApiError(411, { code: "bad-request", message: "The length of the body must be given: send the header content-length." });
  if (length > most)
    throw new ApiError(413, {
      code: "too-large",
      message: `This is larger than ${most / 2 ** 20} MB, more than Folio takes here. ${instead}`,
    });
  return await readBody(request, length);
}

const wrongKey = {
  code: "invalid_api_key",
  message: "This is not Folio's key: send the one in Folio's data folder, file api-key, as the header Authorization: Bearer KEY.",
};
const noDocument = {
  code: "nothing-to-read",
  message: 'There is no document to ask about: add a part {"type": "file", "file": {"file_id": ...}} to a message.',
};
