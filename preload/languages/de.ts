/** German: every English sentence of Folio and what it is called. A sentence that is missing here is a type error where it is used. */
import type { Translations } from "../sentences.ts";
import { conversation } from "./de-conversation.ts";
import { dialogs } from "./de-dialogs.ts";
import { documents } from "./de-documents.ts";
import { extent } from "./de-extent.ts";
import { memory } from "./de-memory.ts";
import { models } from "./de-models.ts";
import { problems } from "./de-problems.ts";
import { settings } from "./de-settings.ts";
import { system } from "./de-system.ts";

export const german = {
  ...documents,
  ...conversation,
  ...memory,
  ...dialogs,
  ...extent,
  ...models,
  ...settings,
  ...problems,
  ...system,
} satisfies Translations;
