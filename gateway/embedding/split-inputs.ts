import type { EmbeddingInput, InputRange } from "@sekisho/wire/canonical/embedding.ts";

/** What one request to a provider may hold. */
export interface RequestLimits {
  readonly inputs: number;
  /** Infinity where the inputs alone are bounded. */
  readonly tokens: number;
}

/**
 * Cuts inputs into runs, in order and without gaps, each within the limits. An input that is beyond
 * the limit of tokens stands alone: whether it is too long its provider says.
 */
export function splitInputs(
  inputs: readonly Pick<EmbeddingInput, "tokensBound">[],
  limits: RequestLimits,
): InputRange[] {
  const ranges: InputRange[] = [];
  let start = 0;
  let tokens = 0;
  for (const [index, { tokensBound }] of inputs.entries()) {
    const isFull = index - start >= limits.inputs || tokens + tokensBound > limits.tokens;
    if (index > start && isFull) {
      ranges.push({ start, end: index });
      start = index;
      tokens = 0;
    }
    tokens += tokensBound;
  }
  if (inputs.length > start) ranges.push({ start, end: inputs.length });
  return ranges;
}
