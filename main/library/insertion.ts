/** Text that comes into a document later, as what was recognised in a picture does, and where passages are from then on. Pure. */
import type { Pin, Turn } from "../../preload/api.ts";

/** Text came into a document's text at `from`; what stood there or behind it stands `by` later now. */
export type Insertion = { from: number; by: number };

/** Where a passage is once text came in. */
export const movedPlace = <Place extends Pin>(place: Place, { from, by }: Insertion): Place => ({
  ...place,
  start: place.start >= from ? place.start + by : place.start,
  end: place.end > from ? place.end + by : place.end,
});

/** The turn as it is once text came into one of its documents. */
export function withPlacesMoved(turn: Turn, documentId: string, insertion: Insertion): Turn {
  if (turn.phase !== "done") return turn;
  const moved = <Place extends Pin & { documentId: string }>(place: Place): Place =>
    place.documentId === documentId ? movedPlace(place, insertion) : place;
  return {
    ...turn,
    evidence: turn.evidence.map(moved),
    ...(turn.quotes && { quotes: turn.quotes.map((quote) => ({ ...quote, found: quote.found && moved(quote.found) })) }),
  };
}
