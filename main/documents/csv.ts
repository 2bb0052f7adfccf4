/** Tables as text: cells parted by what the file itself parts them with. */
import Papa from "papaparse";
import { type Block, row } from "./blocks.ts";

export function csvBlocks(text: string): Block[] {
  const { data } = Papa.parse<string[]>(text, { skipEmptyLines: "greedy" });
  return [data.map((cells) => row(cells))];
}
