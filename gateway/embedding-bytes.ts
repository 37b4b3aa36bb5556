import type { VectorEncoding } from "@sekisho/wire/canonical/embedding.ts";

/** A number as JSON with a comma: no double is longer. */
const bytesPerFloat = 26;
/** Four bytes as base64, rounded up. */
const bytesPerCoded = 6;
/** What stands around a vector. */
const bytesPerVector = 256;
const bytesAround = 65_536;

/** Of a model whose length nobody knows. */
const usualDimensions = 4_096;

/** An answer of OpenAI's largest model to 2,048 inputs has 127 MB, the bound of it 164 MB. */
export const mostAnswerBytes = 256 * 1_048_576;

export interface SizedVectors {
  readonly count: number;
  /** Null where nobody knows. */
  readonly dimensions: number | null;
  readonly encoding: VectorEncoding;
}

/** The most bytes that an answer of these vectors has. */
export function embeddingBytes({ count, dimensions, encoding }: SizedVectors): number {
  const perNumber = encoding === "float" ? bytesPerFloat : bytesPerCoded;
  return bytesAround + count * ((dimensions ?? usualDimensions) * perNumber + bytesPerVector);
}
