/**
 * HTTP servers on 127.0.0.1, for this machine's own programs: what whatever another page or name could send is refused with, keys, and
 * bodies of a known length.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { securityHeaders } from "./assets.ts";

export type Loopback = {
  /** What its clients must call it: the address and the port. */
  authority: string;
  origin: string;
  /** Ends all connections. */
  close(): Promise<void>;
};

/** Listens on `port` of the loopback address alone; 0 takes any free one. Rejects when the port is taken. */
export async function listenOnLoopback(
  port: number,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Loopback> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Clients go away in the middle of things; nobody is left to be told.
      if (!response.destroyed) console.error(error);
      response.destroy();
    });
  });
  server.on("upgrade", (_, socket) => {
    // From here on nobody else hears of its errors, and one that nobody hears ends the process.
    socket.on("error", () => {});
    socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n", () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    authority,
    origin: `http://${authority}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** 256 bits. */
export const randomKey = () => randomBytes(32).toString("base64url");

export function isKey(authorization: string | undefined, key: string): boolean {
  const given = Buffer.from(authorization ?? "");
  const wanted = Buffer.from(`Bearer ${key}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/**
 * The status to refuse with, or null. A foreign page reaches this server under a name of its own (DNS rebinding), with its own origin,
 * or as a cross-site request; a browser tells all three.
 */
export function refusal(request: IncomingMessage, authority: string): number | null {
  const { host, origin, "sec-fetch-site": site = "none" } = request.headers;
  const hosts = request.rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === "host");
  if (host !== authority || hosts.length !== 1) return 421;
  // "//name" and "/\\name" are addresses of others.
  if (!request.url?.startsWith("/") || request.url.length > 2000 || URL.parse(request.url, `http://${authority}`)?.host !== authority)
    return 400;
  if (origin !== undefined && origin !== `http://${authority}`) return 403;
  return site === "same-origin" || site === "none" ? null : 403;
}

/** Node reads and drops what is still being sent, so that the other side gets to see the answer. */
export function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...securityHeaders(), "content-length": "0" }).end();
}

export function send(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, { ...securityHeaders(), "content-type": "application/json", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** All `length` bytes; rejects when the connection ends before. */
export async function readBody(request: IncomingMessage, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Uint8Array(length);
  let received = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    body.set(chunk, received);
    received += chunk.length;
  }
  return body;
}
