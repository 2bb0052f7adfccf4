/** Another Folio, as far as the library can tell: opens the folder that it is given, says how that went, and stays until it is ended. */

import { openDatabase } from "../../../main/library/database.ts";
import { LibraryError } from "../../../main/library/errors.ts";

try {
  const { db } = await openDatabase(process.argv[2]!);
  db.prepare("insert or replace into notes (name, value) values ('test', 'written by the other')").run();
  process.send!("open");
  setInterval(() => {}, 1000);
} catch (error) {
  process.send!(error instanceof LibraryError ? error.code : String(error));
  process.disconnect();
}
