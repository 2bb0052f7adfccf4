/** Pinned tokens always stay, so that a policy chooses among the others only. Pure. */
import type { PolicyInput, Selection } from "./policies/policy.ts";

/**
 * Lets `select` choose among the tokens that are not pinned, which it sees as if they stood side by side, and puts the pinned ones back into
 * every set.
 *
 * @param pinned ascending positions within [input.first, input.end)
 */
export function selectAround(select: (input: PolicyInput) => Selection, input: PolicyInput, pinned: readonly number[]): Selection {
  if (pinned.length === 0) return select(input);
  const { positions } = input;
  const taken = new Set(pinned);
  const free = Array.from({ length: positions }, (_, position) => position).filter((position) => !taken.has(position));
  const selection = select({
    ...input,
    end: input.end - pinned.length,
    positions: free.length,
    attention: (layer) => without(input.attention(layer), positions, pinned),
    similarity: (layer) => without(input.similarity(layer), positions, pinned),
  });
  return selection.map((sets) => sets.map((set) => [...set.map((index) => free[index]!), ...pinned].sort((a, b) => a - b)));
}

/** Rows of `width` values without those at the pinned positions. */
function without(rows: Float32Array, width: number, pinned: readonly number[]): Float32Array {
  const left = new Float32Array((rows.length / width) * (width - pinned.length));
  let to = 0;
  for (let row = 0; row < rows.length; row += width) {
    let from = 0;
    for (const position of [...pinned, width]) {
      left.set(rows.subarray(row + from, row + position), to);
      to += position - from;
      from = position + 1;
    }
  }
  return left;
}
