import type { EmbeddingInput, EmbeddingQuestion, InputRange, VectorEncoding } from "./embedding.ts";
import type { ReadRequest } from "./read-request.ts";
import type { Usage } from "./usage.ts";

/** What an answer says beside its vectors. */
export interface MadeVectors {
  /** Of the answer, without a prefix. */
  readonly id: string;
  /** Who made them, as the client knows it. */
  readonly model: string;
  readonly usage: Usage | null;
}

/** A client's request for vectors that was read and found right, in whatever dialect. */
export interface ReadEmbedding extends ReadRequest {
  readonly inputs: readonly EmbeddingInput[];
  /** The member of the body that they stand in. */
  readonly inputMember: string;
  readonly encoding: VectorEncoding;
  /** Of these inputs, for a target of another dialect; only where they are texts. */
  questionOf(range: InputRange): EmbeddingQuestion;
  /** The answer in the words of the request; each vector is JSON already. */
  encodeVectors(vectors: readonly string[], made: MadeVectors): string;
}
