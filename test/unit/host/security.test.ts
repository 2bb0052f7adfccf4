import { expect, test } from "vitest";
import { externalTarget, isOwnUrl, isPermitted, isRequestAllowed, isTrustedSender, webPreferences } from "../../../main/hosts/security.ts";

test("the window's preferences are these and no others", () => {
  expect(webPreferences("/preload.cjs")).toEqual({
    preload: "/preload.cjs",
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  });
});

test.each(["app://folio/index.html", "app://folio/", "app://folio/assets/a.js?x#y"])("%s is our own", (url) => {
  expect(isOwnUrl(url)).toBe(true);
});

const foreign = [
  "app://folio",
  "app://folio.evil/",
  "app://folioevil/",
  "app://evil/folio/",
  "app://folio@evil/",
  "app://user@folio/",
  "app://user:pass@folio/",
  "app://folio:1/",
  "app:folio/",
  "app:/folio/",
  "app:///folio/",
  "app:\\\\folio\\",
  "APP://folio.evil/",
  "xapp://folio/",
  "http://folio/",
  "https://evil.example/app://folio/",
  "file:///app/index.html",
  "javascript:alert(1)",
  "data:text/html,app://folio/",
  "about:blank",
  " app://folio/",
  "",
];

test.each(foreign)("%j is not our own", (url) => {
  expect(isOwnUrl(url)).toBe(false);
});

test("messages count from our own page at the top of its window", () => {
  const url = "app://folio/index.html";
  expect(isTrustedSender({ senderFrame: { url, parent: null } })).toBe(true);
  expect(isTrustedSender({ senderFrame: null })).toBe(false);
  expect(isTrustedSender({ senderFrame: { url, parent: {} } })).toBe(false);
  for (const other of foreign) expect(isTrustedSender({ senderFrame: { url: other, parent: null } })).toBe(false);
});

test("every permission is denied but writing to the clipboard, and that to others", () => {
  const permissions = [
    "clipboard-read",
    "display-capture",
    "fileSystem",
    "fullscreen",
    "geolocation",
    "hid",
    "idle-detection",
    "keyboardLock",
    "media",
    "mediaKeySystem",
    "midi",
    "midiSysex",
    "notifications",
    "openExternal",
    "pointerLock",
    "serial",
    "speaker-selection",
    "storage-access",
    "top-level-storage-access",
    "unknown",
    "usb",
    "window-management",
  ];
  for (const permission of permissions) expect(isPermitted(permission, "app://folio/index.html")).toBe(false);
  expect(isPermitted("clipboard-sanitized-write", "app://folio/index.html")).toBe(true);
  expect(isPermitted("clipboard-sanitized-write", "https://evil.example/")).toBe(false);
});

test("the window reaches nothing but itself", () => {
  for (const url of [
    "https://example.com/",
    "http://127.0.0.1/",
    "ws://x/",
    "file:///etc/passwd",
    "ftp://x/",
    "app://evil/",
    "chrome://gpu",
  ]) {
    expect(isRequestAllowed(url)).toBe(false);
  }
  for (const url of ["app://folio/index.html", "blob:app://folio/1", "data:image/png;base64,", "devtools://devtools/x"]) {
    expect(isRequestAllowed(url)).toBe(true);
  }
});

test.each([
  ["https://example.com/a?b#c", "https://example.com/a?b#c"],
  ["HTTPS://EXAMPLE.com", "https://example.com/"],
  ["https://еxample.com/", "https://xn--xample-2of.com/"],
  ["mailto:a@example.com", "mailto:a@example.com"],
  ["file:///etc/passwd", null],
  ["\\\\server\\share", null],
  ["smb://server/share", null],
  ["ms-msdt:/id", null],
  ["javascript:alert(1)", null],
  ["data:text/html,x", null],
  ["vbscript:x", null],
  ["app://folio/", null],
  ["https://user:pass@example.com/", null],
  ["https://example.com@evil.example/", null],
  [`https://example.com/${"x".repeat(3000)}`, null],
  ["//evil.example", null],
  ["", null],
])("the link %j may be offered as %j", (link, target) => {
  expect(externalTarget(link)).toBe(target);
});
