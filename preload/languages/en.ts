/** English where one is not as many: the sentences that differ with their `count`, for one. */
import type { PluralText } from "../sentences.ts";

export const singular: Record<PluralText, string> = {
  "{count} pages": "{count} page",
  "{count} tokens": "{count} token",
  "{count} characters": "{count} character",
  "{count} documents": "{count} document",
  "{count} documents that are not in the library": "{count} document that is not in the library",
  "Ask about {count} documents": "Ask about {count} document",
  "{count} conversations": "{count} conversation",
  "{count} cores": "{count} core",
  "all {count} pages read": "its one page read",
  "{count} pages have no text, only pictures or a scan, so the model cannot read them: {pages}.":
    "{count} page has no text, only pictures or a scan, so the model cannot read it: {pages}.",
  "In {count} windows": "In {count} window",
  "{tokens} in {count} windows": "{tokens} in {count} window",
  "Only some pages of {count} documents": "Only some pages of {count} document",
  "The text of {count} pages was recognised from pictures, so letters and numbers in it can be wrong: {pages}.":
    "The text of {count} page was recognised from a picture, so letters and numbers in it can be wrong: {pages}.",
  "No text was found in the pictures of {count} pages: {pages}.": "No text was found in the picture of {count} page: {pages}.",
  "{count} passages always kept": "{count} passage always kept",
  "Removed {count} documents.": "Removed {count} document.",
  "Link the folder with {count} models": "Link the folder with {count} model",
};
