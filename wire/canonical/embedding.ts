/** How a vector is written: a list of numbers, or float32 in little-endian order as base64. */
export type VectorEncoding = "float" | "base64";

/** Whose native bodies ask a model of Bedrock's for vectors, and in which of their versions. */
export type EmbeddingWords = "titan-v1" | "titan-v2" | "cohere-v3" | "cohere-v4";

/** What of a request for vectors its plan depends on. */
export interface EmbeddingAsk {
  /** How many inputs there are: each has a model's window for itself. */
  readonly inputs: number;
  /** Null for the model's own. */
  readonly dimensions: number | null;
  /** The inputs are ids of tokens, of which only their model knows what they stand for. */
  readonly isTokens: boolean;
  /** A member of the body that nobody knows outside of its own dialect; null without one. */
  readonly unknownField: string | null;
  /**
   * Of a native body: the words that it may be in, several where neither it nor its model tells;
   * null where it is in OpenAI's.
   */
  readonly nativeWords: readonly EmbeddingWords[] | null;
}

export interface EmbeddingInput {
  /** Null for what is no text: ids of tokens, or a picture. */
  readonly text: string | null;
  /** Most tokens that it can come to: the bytes of a text, the number of ids. */
  readonly tokensBound: number;
}

/** Inputs `start` to `end` (exclusive) of a request. */
export interface InputRange {
  readonly start: number;
  readonly end: number;
}

/** What is asked of a provider in one request, in nobody's words. */
export interface EmbeddingQuestion {
  readonly texts: readonly string[];
  readonly dimensions: number | null;
  /** What the vectors are for, in Cohere's words; null where the client says nothing of it. */
  readonly inputType: string | null;
  /** Which end of a text that is too long may be cut, in Cohere's words. */
  readonly truncate: string | null;
}
