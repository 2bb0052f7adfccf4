/**
 * A policy picks what the answering cache keeps. Policies are pure: they see attention and budgets, nothing of the model,
 * the documents or which window was probed.
 */

/** What was calibrated once for a model: which heads retrieve meaning, and how much each layer loses by eviction. */
export type HeadProfile = {
  /** Semantic retrieval score of every head, [layer][head]. */
  scores: number[][];
  /** L1-normalised eviction error of every layer, [layer]; empty when only heads were calibrated. */
  layerErrors: number[];
};

export type PolicyInput = {
  layers: number;
  heads: number;
  kvHeads: number;
  /** Tokens that may be chosen are the positions [first, end); all others are kept or not by the caller. */
  first: number;
  end: number;
  /** How many of them each layer keeps, [layer]. A policy may give tokens of one layer to another; their sum stays. */
  counts: number[];
  /** Attention mass that the window's rows give to each position, summed over the rows: [head][position], positions from 0 to at least `end`. */
  attention(layer: number): Float32Array;
  /** How alike the keys of a layer are: the cosine of each key with the mean of all keys brought to length one, [kvHead][position]. */
  similarity(layer: number): Float32Array;
  /** Positions per head in what `attention` and `similarity` return. */
  positions: number;
  profile: HeadProfile | null;
};

/**
 * Chosen positions, ascending: [layer][set][position]. A layer has one set for all its KV heads, or one for each KV head;
 * all sets of a layer have the same length.
 */
export type Selection = number[][][];

export type Policy = {
  /** The heads whose attention decides in a layer, given the layer's retrieval scores if there are any. */
  voters(heads: number, scores: readonly number[] | undefined): number[];
  /** Mean tokens per layer to tokens per layer, [layer]. Their sum is `mean * layers`, or less where a bound forbids it. */
  budgets(mean: number, layers: number, profile: HeadProfile | null): number[];
  select(input: PolicyInput): Selection;
  /**
   * Answer tokens that are written while the reading cache is still there, for a prompt of so many tokens; what they attend to joins the
   * question's attention. Without it the question alone decides.
   */
  opening?(promptTokens: number): number;
};
