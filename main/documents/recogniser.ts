/**
 * The recogniser child: the picture of a page in, its text out. Tesseract, compiled to WebAssembly, with language data from its package;
 * nothing is fetched or written. Like the parser child it has no other task, and is ended when it takes too long or too much.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { childPort } from "../system/child.ts";
import { confine } from "../system/confine.ts";
import { limitMemory } from "./limit.ts";
import { type Recognised, recognisedText } from "./recognised.ts";

export type ToRecogniser = { picture: Uint8Array };
export type FromRecogniser = { recognised: Recognised } | { failed: string };

/** Resident bytes; a page takes about a fifth of it. */
const memory = 1024 * 2 ** 20;

/** The part of Tesseract's interface that is used. */
type Tesseract = {
  FS: { writeFile(path: string, data: Uint8Array): void };
  TessBaseAPI: new () => {
    Init(dataPath: null, languages: string, engine: number): number;
    SetVariable(name: string, value: string): boolean;
    SetImageFile(orientation: number, angle: number): number;
    Recognize(monitor: null): number;
    GetTSVText(page: number): string;
    Clear(): void;
  };
};
const lstmOnly = 1;
const languages = ["eng", "deu"];

confine({ mayWrite: false });

const port = childPort();
limitMemory(memory);
const ready = start();

port.onMessage((message) => {
  const { picture } = message as ToRecogniser;
  const send = (answer: FromRecogniser) => port.send(answer);
  ready
    .then(
      (recognise) => send({ recognised: recognise(picture) }),
      (error: unknown) => send({ failed: String(error) }),
    )
    .catch((error: unknown) => send({ failed: String(error) }));
});

async function start(): Promise<(picture: Uint8Array) => Recognised> {
  const require = createRequire(import.meta.url);
  const core = require("tesseract.js-core/tesseract-core-simd-lstm.js") as (options: object) => Promise<Tesseract>;
  const tesseract = await core({ print: () => {}, printErr: () => {} });
  for (const language of languages) {
    const folder = dirname(require.resolve(`@tesseract.js-data/${language}/package.json`));
    const packed = readFileSync(join(folder, "4.0.0_best_int", `${language}.traineddata.gz`));
    tesseract.FS.writeFile(`${language}.traineddata`, gunzipSync(packed));
  }
  const api = new tesseract.TessBaseAPI();
  if (api.Init(null, languages.join("+"), lstmOnly) !== 0) throw new Error("Tesseract could not be started");
  // Columns, headings and pictures are told apart by itself.
  api.SetVariable("tessedit_pageseg_mode", "3");
  return (picture) => {
    const { width, height } = sizeOf(picture);
    tesseract.FS.writeFile("/input", picture);
    if (api.SetImageFile(1, 0) !== 0) throw new Error("not a picture");
    api.Recognize(null);
    const recognised = recognisedText(api.GetTSVText(0), width, height);
    api.Clear();
    return recognised;
  };
}

/** Of a PNG, in pixels. */
function sizeOf(picture: Uint8Array): { width: number; height: number } {
  const view = new DataView(picture.buffer, picture.byteOffset, picture.length);
  if (picture.length < 24 || view.getUint32(0) !== 0x89504e47) throw new Error("not a PNG");
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
