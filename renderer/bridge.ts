/**
 * The window's way to main: what the preload script offers under Electron, HTTP in a browser. There requests are POSTs; events come in
 * one long answer, a JSON object a line, which is asked for again whenever it breaks off.
 */
import {
  type Answer,
  type AppError,
  type AppState,
  type EventName,
  type Events,
  type FolioApi,
  type PreloadApi,
  type RequestName,
  requestNames,
} from "../preload/api.ts";

import { inEnglish, sentence } from "../preload/sentences.ts";

/** What is needed of the browser's page. */
type Page = {
  location: { href: string; hash: string };
  history: { replaceState(data: null, unused: string, url: string): void };
  sessionStorage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
};

type AnyEvent = { [Name in EventName]: { name: Name; payload: Events[Name] } }[EventName];

const keyName = "folio-key";
const gone: AppError = {
  code: "host-gone",
  ...sentence("Folio is not running any more: start it again, and open the address that it shows."),
};
const noKey: AppError = {
  code: "no-key",
  ...sentence("This address is not complete: open the one that Folio showed when it started."),
};

/** A request that failed, as `told`; its `name` is the code, its `message` English. */
export class RequestError extends Error {
  readonly told: AppError;
  constructor(told: AppError) {
    super(inEnglish(told));
    this.name = told.code;
    this.told = told;
  }
}

/** The host that this window has. */
export function connectHost(): FolioApi {
  const { folio } = globalThis as { folio?: PreloadApi };
  return folio ? connectPreload(folio) : connectBrowserHost();
}

/** Turns the preload script's answers into values and errors. */
export function connectPreload(preload: PreloadApi): FolioApi {
  const ask = preload as unknown as Record<string, (...args: unknown[]) => Promise<Answer>>;
  const requests = requestNames.map((name) => [name, async (...args: unknown[]) => settled(await ask[name]!(...args))]);
  return { ...(Object.fromEntries(requests) as FolioApi), on: preload.on, ...(preload.pathOf ? { pathOf: preload.pathOf } : {}) };
}

/** Begins to listen to the host with the first `getState`, whose answer every later event follows on. */
export function connectBrowserHost(page: Page = globalThis as unknown as Page): FolioApi {
  const key = takeKey(page);
  key.catch(() => {});
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const conversationIds = new Set<string>();
  let following = false;

  const emit = (event: AnyEvent) => {
    if (event.name === "conversationInfo") conversationIds.add(event.payload.id);
    if (event.name === "conversationRemoved") conversationIds.delete(event.payload);
    // What fails in a listener is reported as its own, and does not end the stream.
    for (const listener of listeners.get(event.name) ?? []) queueMicrotask(() => listener(event.payload as never));
  };

  async function post(
    path: string,
    type: string,
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<unknown> {
    const authorization = `Bearer ${await key}`;
    const init = { method: "POST", headers: { ...headers, authorization, "content-type": type }, body };
    const response = await fetch(new URL(path, page.location.href), init).catch(() => Promise.reject(new RequestError(gone)));
    if (response.status === 401) throw new RequestError(noKey);
    if (response.headers.get("content-type") === "application/octet-stream") {
      const bytes = await response.arrayBuffer().catch(() => Promise.reject<ArrayBuffer>(new RequestError(gone)));
      return new Uint8Array(bytes);
    }
    return settled((await response.json().catch(() => ({ error: gone }))) as Answer);
  }

  /** Bytes go as they are, the arguments before them in a header. */
  function postBytes(name: RequestName, args: unknown[], bytes: Uint8Array): Promise<unknown> {
    const headers = { "x-arguments": encodeURIComponent(JSON.stringify(args)) };
    return post(`/rpc/${name}`, "application/octet-stream", bytes as Uint8Array<ArrayBuffer>, headers);
  }

  /** Resolves with the first state; from then on keeps the events coming for as long as the page lives. */
  function follow(): Promise<AppState> {
    return new Promise<AppState>((resolve, reject) => {
      let started = false;
      const onState = async (state: AppState) => {
        if (started) return renew(state);
        started = true;
        for (const { id } of state.conversations) conversationIds.add(id);
        resolve(state);
        // The window takes the state before it hears of what came after it.
        await new Promise((taken) => setTimeout(taken));
      };
      const onBreak = (error: AppError) => {
        started = true;
        reject(new RequestError(error));
        emit({ name: "engine", payload: { phase: "restarting", error } });
      };
      void listen(onState, onBreak);
    });
  }

  async function listen(onState: (state: AppState) => Promise<void> | void, onBreak: (error: AppError) => void): Promise<void> {
    for (let wait = 500; ; wait = Math.min(2 * wait, 10_000)) {
      try {
        const response = await fetch(new URL("/events", page.location.href), { headers: { authorization: `Bearer ${await key}` } });
        if (response.status === 401) throw new RequestError(noKey);
        for await (const line of lines(response)) {
          wait = 250;
          const event = JSON.parse(line) as AnyEvent | { name: "state"; payload: AppState };
          if (event.name === "state") await onState(event.payload);
          else emit(event);
        }
        onBreak(gone);
      } catch (error) {
        if (error instanceof Error && error.name === noKey.code) return onBreak(noKey);
        onBreak(gone);
      }
      await new Promise((passed) => setTimeout(passed, wait));
    }
  }

  /** Tells a whole state as events, after some may have been missed. */
  function renew(state: AppState): void {
    emit({ name: "documents", payload: state.documents });
    const kept = new Set(state.conversations.map(({ id }) => id));
    for (const id of [...conversationIds]) if (!kept.has(id)) emit({ name: "conversationRemoved", payload: id });
    for (const info of state.conversations) emit({ name: "conversationInfo", payload: info });
    emit({ name: "model", payload: state.model });
    emit({ name: "settings", payload: state.settings });
    emit({ name: "safeMode", payload: state.safeMode });
    emit({ name: "models", payload: state.models });
    emit({ name: "downloads", payload: state.downloads });
    emit({ name: "calibration", payload: state.calibration });
    emit({ name: "conversation", payload: state.conversation });
    emit({ name: "comparison", payload: state.comparison });
    emit({ name: "memory", payload: state.memory });
    emit({ name: "notice", payload: state.notice });
    emit({ name: "engine", payload: state.engine });
  }

  const requests = Object.fromEntries(
    requestNames.map((name) => [name, (...args: unknown[]) => post(`/rpc/${name}`, "application/json", JSON.stringify({ args }))]),
  ) as unknown as FolioApi;
  return {
    ...requests,
    getState() {
      if (following) return requests.getState();
      following = true;
      return follow();
    },
    importFile: (name, bytes) => postBytes("importFile", [name.toWellFormed()], bytes) as Promise<string>,
    recognisePage: (...[documentId, page, picture]) => postBytes("recognisePage", [documentId, page], picture) as Promise<void>,
    on(name, listener) {
      const all = listeners.get(name) ?? new Set();
      listeners.set(name, all);
      all.add(listener);
      return () => void all.delete(listener);
    },
  };
}

/** The key: brought by the address and taken out of sight, or kept from before a reload. */
async function takeKey({ location, history, sessionStorage }: Page): Promise<string> {
  const given = new URLSearchParams(location.hash.slice(1));
  const ticket = given.get("ticket");
  let key = given.get("token");
  if (key || ticket) history.replaceState(null, "", new URL("/", location.href).href);
  if (ticket) {
    const headers = { authorization: `Bearer ${ticket}` };
    const response = await fetch(new URL("/session", location.href), { method: "POST", headers }).catch(() =>
      Promise.reject(new RequestError(gone)),
    );
    if (response.ok) key = ((await response.json()) as { token: string }).token;
  }
  if (key) sessionStorage.setItem(keyName, key);
  key ??= sessionStorage.getItem(keyName);
  if (!key) throw new RequestError(noKey);
  return key;
}

async function* lines(response: Response): AsyncGenerator<string> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  // Pieces of a line are joined once it is whole: one with a long conversation in it comes in many.
  let pieces: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const [head = "", ...rest] = decoder.decode(value, { stream: true }).split("\n");
    pieces.push(head);
    for (const next of rest) {
      const line = pieces.join("");
      pieces = [next];
      if (line !== "") yield line;
    }
  }
}

function settled(answer: Answer): unknown {
  if ("error" in answer) throw new RequestError(answer.error);
  return answer.value;
}
