/** Colours for code, fetched with the first block of it: the languages that answers about documents are likely to hold. */

import type { ElementContent } from "hast";
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import css from "highlight.js/lib/languages/css";
import diff from "highlight.js/lib/languages/diff";
import go from "highlight.js/lib/languages/go";
import ini from "highlight.js/lib/languages/ini";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import latex from "highlight.js/lib/languages/latex";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight } from "lowlight";

const all = { bash, c, cpp, css, diff, go, ini, java, javascript, json, latex, python, r, rust, sql, typescript, xml, yaml };
const lowlight = createLowlight(all);
/** Characters beyond which colours cost more than they help. */
const longest = 8_000;

/** The code in coloured pieces; null for languages that are not known. */
export function highlight(language: string, code: string): ElementContent[] | null {
  if (code.length > longest || !lowlight.registered(language)) return null;
  return lowlight.highlight(language, code).children as ElementContent[];
}
