/**
 * The browser host's server: the app and its window's files on 127.0.0.1, for machines where Electron cannot run. Everything that is not the
 * empty shell needs a key that only the opened window knows; whatever another page or name could send is refused before it is looked at.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { AppError, RequestName } from "../../preload/api.ts";
import { sentence } from "../../preload/sentences.ts";
import type { App } from "../app.ts";
import { loadAssets, securityHeaders } from "./assets.ts";
import { isKey, listenOnLoopback, randomKey, readBody, refusal, refuse, send } from "./loopback.ts";
import { createOutbox } from "./outbox.ts";
import { createRouter, maxFileBytes } from "./router.ts";

export type HostOptions = {
  /** 0, the default, takes any free one. */
  port?: number;
  /** Where the built window lies. */
  rendererFolder?: string;
};

export type Host = {
  /** For people: the address with the key, as often as they like. */
  url: string;
  /** For command lines, which others can see: an address that works once, within a minute. */
  ticketUrl(): string;
  /** Ends all connections; the app stays. */
  close(): Promise<void>;
};

/** Requests whose last argument is bytes, which come as they are; a header brings those before. */
const withBytes = new Set<string>(["importFile", "recognisePage"] satisfies RequestName[]);
/** The largest request without a file, in bytes. */
const maxJsonBytes = 2 ** 20;
const tooLarge: AppError = {
  code: "too-large",
  ...sentence("This is larger than 1 GB, more than Folio takes. Split it, and add the parts that matter."),
};
const heartbeatMs = 15_000;
const ticketMs = 60_000;

/** Serves `app` to this machine's browsers. Rejects when the window was not built or the port is taken. */
export async function startHost(app: App, { port = 0, rendererFolder = builtRenderer }: HostOptions = {}): Promise<Host> {
  const assets = await loadAssets(rendererFolder);
  const route = createRouter(app.requests);
  const token = randomKey();
  const tickets = new Set<string>();
  const { authority, origin, close } = await listenOnLoopback(port, answer);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusal(request, authority);
    if (refused) return refuse(response, refused);
    const { pathname } = new URL(request.url!, origin);
    if (pathname === "/session") return exchangeTicket(request, response);
    if (pathname !== "/events" && !pathname.startsWith("/rpc/")) return answerAsset(request, response);
    if (!isKey(request.headers.authorization, token)) return refuse(response, 401);
    if (pathname === "/events") return streamEvents(response);
    return answerRequest(request, response, pathname.slice("/rpc/".length));
  }

  async function answerAsset(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // There are methods that a Request refuses to be made with.
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405);
    const answered = await assets(new Request(new URL(request.url!, origin), { method: request.method }));
    response.writeHead(answered.status, Object.fromEntries(answered.headers));
    if (answered.body) await pipeline(answered.body, response);
    else response.end();
  }

  function exchangeTicket(request: IncomingMessage, response: ServerResponse): void {
    for (const ticket of tickets) {
      if (request.method !== "POST" || !isKey(request.headers.authorization, ticket)) continue;
      tickets.delete(ticket);
      send(response, 200, { token });
      return;
    }
    refuse(response, 401);
  }

  async function answerRequest(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    if (request.method !== "POST") return refuse(response, 405);
    const isFile = withBytes.has(name);
    if (request.headers["content-type"] !== (isFile ? "application/octet-stream" : "application/json")) return refuse(response, 415);
    const length = Number(request.headers["content-length"] ?? Number.NaN);
    if (!Number.isInteger(length)) return refuse(response, 411);
    if (length > (isFile ? maxFileBytes : maxJsonBytes)) return send(response, 413, { error: tooLarge });
    const body = await readBody(request, length);
    const args = isFile ? [...decoded(request.headers["x-arguments"]), body] : parsedArgs(body);
    const result = await route(name, args);
    if ("value" in result && result.value instanceof Uint8Array) return sendBytes(response, result.value);
    send(response, "error" in result ? (result.error.code === "bad-request" ? 400 : 422) : 200, result);
  }

  /** The whole state in one line `{ name: "state" }`, then every event after it; an empty line now and then shows that both ends live. */
  async function streamEvents(response: ServerResponse): Promise<void> {
    const outbox = createOutbox();
    let flowing = false;
    const flush = () => {
      if (!flowing) return;
      const lines = outbox.take();
      if (lines !== "") flowing = response.write(lines);
    };
    const stopListening = app.on((name, payload) => {
      outbox.add(name, payload);
      flush();
    });
    const heartbeat = setInterval(() => flowing && response.write("\n"), heartbeatMs);
    response.on("drain", () => {
      flowing = true;
      flush();
    });
    response.on("close", () => {
      stopListening();
      clearInterval(heartbeat);
    });
    response.writeHead(200, { ...securityHeaders(), "content-type": "application/x-ndjson" });
    const state = await app.requests.getState();
    // The state is the live one: what happened until now is in it.
    outbox.take();
    flowing = response.write(`${JSON.stringify({ name: "state", payload: state })}\n`);
  }

  return {
    url: `${origin}/#token=${token}`,
    ticketUrl() {
      const ticket = randomKey();
      tickets.add(ticket);
      setTimeout(() => tickets.delete(ticket), ticketMs).unref();
      return `${origin}/#ticket=${ticket}`;
    },
    close,
  };
}

const builtRenderer = join(import.meta.dirname, "..", "..", "dist", "renderer");

/** A file goes as it is: as JSON it would take several times its size. */
function sendBytes(response: ServerResponse, bytes: Uint8Array): void {
  response.writeHead(200, { ...securityHeaders(), "content-type": "application/octet-stream", "content-length": bytes.length });
  response.end(bytes);
}

function parsedArgs(body: Uint8Array): unknown {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof parsed === "object" && parsed !== null && "args" in parsed ? parsed.args : undefined;
  } catch {
    return undefined;
  }
}

/** None when the header is not what a window sends; the router then misses them. */
function decoded(header: string | string[] | undefined): unknown[] {
  try {
    const args: unknown = JSON.parse(decodeURIComponent(String(header)));
    return Array.isArray(args) ? args : [];
  } catch {
    return [];
  }
}
