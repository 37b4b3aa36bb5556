import type { AnswerHeaders, FaultyAnswer, WrittenRequest } from "./codec.ts";
import type { EmbeddingQuestion } from "./embedding.ts";
import type { FromProvider, ProviderFault } from "./provider-fault.ts";
import type { Usage } from "./usage.ts";

/** Vectors as a provider gave them. */
export interface EmbeddedInputs {
  /** In the order of the inputs: JSON of a list of numbers, or of a base64 text. */
  readonly vectors: readonly string[];
  /** The provider's name of the model, null where it names none. */
  readonly model: string | null;
  /** Null where the provider counts nothing. */
  readonly usage: Usage | null;
}

/** What of a dialect embeds texts, for those who call its providers. */
export interface EmbeddingCodec {
  /** `model` is the provider's name of it. */
  writeRequest(question: EmbeddingQuestion, model: string): WrittenRequest;
  /** The vectors of an answer to so many inputs. */
  decodeAnswer(bytes: Buffer, count: number, headers: AnswerHeaders): FromProvider<EmbeddedInputs>;
  readFault(answer: FaultyAnswer): ProviderFault;
}
