/**
 * Rules that the source keeps: what would open a door is named in one place or nowhere. A net under the other tests, which look at what
 * the doors do.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const files = ["main", "preload", "renderer"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(tsx?|html|css)$/.test(name))
    .map((name) => join(folder, name).replaceAll("\\", "/")),
);
const code = new Map(files.map((file) => [file, withoutComments(readFileSync(join(root, file), "utf8"))]));

/** Good enough for our own source: a line that is a comment, or the end of one. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/ .*$/gm, "");
}

const where = (pattern: RegExp) => [...code].filter(([, text]) => pattern.test(text)).map(([file]) => file);

describe("nowhere", () => {
  test.each([
    ["a page gets Node", /nodeIntegration(InWorker|InSubFrames)?:\s*true|enableRemoteModule/],
    [
      "a wall of the window is taken down",
      /contextIsolation:\s*false|sandbox:\s*false|webSecurity|allowRunningInsecureContent|--no-sandbox(?!")/,
    ],
    ["Chromium's experiments are switched on", /experimentalFeatures|enableBlinkFeatures|commandLine\.appendSwitch/],
    ["a page is embedded", /webviewTag:\s*true|<webview|<iframe|<object|<embed|srcDoc|srcdoc/],
    ["text becomes HTML", /dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|document\.write|DOMParser|rehype-?raw/i],
    ["text becomes code", /\beval\(|new Function\(|setTimeout\(\s*["'`]|executeJavaScript|node:vm/],
    ["certificates are not checked", /rejectUnauthorized|NODE_TLS_REJECT|setCertificateVerifyProc|certificate-error/],
    ["files are opened by the system's choice of a program", /shell\.openPath|openItem/],
    ["something is counted or reported", /crashReporter|analytics|telemetry|\bsentry\b/i],
    ["a cookie is set", /document\.cookie|set-cookie/i],
  ])("%s", (_, pattern) => {
    expect(where(pattern)).toEqual([]);
  });
});

describe("in one place", () => {
  test.each<[string, RegExp, string[]]>([
    ["Electron's messages", /\bipcMain\b/, ["main/ipc.ts"]],
    ["and their other end", /\bipcRenderer\b/, ["preload/index.ts"]],
    ["what the window is given", /exposeInMainWorld/, ["preload/index.ts"]],
    ["addresses are handed to the system's browser", /shell\.openExternal/, ["main/index.ts"]],
    ["main asks the network", /\bfetch\(/, ["main/models/download.ts", "renderer/bridge.ts"]],
    ["servers listen", /\bcreateServer\(|\.listen\(/, ["main/hosts/loopback.ts"]],
    [
      "sockets are opened by hand",
      /node:(net|tls|dgram|http2|https)"|WebSocket\(|EventSource\(|sendBeacon|XMLHttpRequest|RTCPeer/,
      ["main/hosts/loopback.ts"],
    ],
    ["programs are started", /node:child_process/, ["main/system/child.ts", "main/hosts/chromium.ts"]],
    ["workers are started", /new Worker\(/, ["main/documents/limit.ts", "renderer/pdf.ts"]],
    ["processes shut themselves in", /^confine\(/m, ["main/documents/parser.ts", "main/documents/recogniser.ts", "main/engine/process.ts"]],
    ["a trusted type is made", /trustedTypes\?\.createPolicy/, ["renderer/pdf.ts"]],
  ])("%s", (_, pattern, places) => {
    expect(where(pattern).sort()).toEqual(places.sort());
  });
});

test("addresses in the source lead to the one place that models come from", () => {
  const hosts = [...code.values()].flatMap((text) => [...text.matchAll(/["'`](?:https?|wss?):\/\/([^/"'`$]+)/g)].map((match) => match[1]));
  expect(hosts).toEqual(["huggingface.co"]);
});
