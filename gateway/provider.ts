import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { InputRange } from "@sekisho/wire/canonical/embedding.ts";
import type { ReadEmbedding } from "@sekisho/wire/canonical/read-embedding.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { AnswerLog } from "./answer-log.ts";
import type { AttemptOutcome } from "./attempt.ts";
import type { Call, Until } from "./call.ts";
import type { PlannedAttempt } from "./plan.ts";
import type { Target } from "./target.ts";

/** What one attempt is told. */
export interface AttemptInput {
  readonly call: Call;
  readonly planned: PlannedAttempt;
  /** Where the answer is appended once the attempt has committed. */
  readonly log: AnswerLog;
  /** Whose deadline holds, where it is not that of `call`. It may come to be later. */
  readonly until?: Until;
  /** Somebody must understand the answer on its way: bytes do not pass as they are. */
  readonly asEvents?: true;
  /** The client's own bytes are not what is asked: the canonical request is. */
  readonly isRewritten?: true;
}

/** Vectors that a provider gave, as they are told to the client. */
export type EmbeddedPart =
  /** The whole answer as it came: it is the client's. */
  | { readonly kind: "relayed"; readonly bytes: Buffer; readonly usage: Usage }
  | {
      readonly kind: "decoded";
      /** In the order of the inputs and in the encoding that the client wants, as JSON. */
      readonly vectors: readonly string[];
      /** The provider's name of the model, null where it names none. */
      readonly model: string | null;
      readonly usage: Usage;
    };

/** What an attempt is told that asks for vectors. */
export interface EmbedInput extends AttemptInput {
  readonly request: ReadEmbedding;
  /** Which of its inputs. */
  readonly range: InputRange;
  /** Told the vectors, once, before the attempt is over. */
  embedded(part: EmbeddedPart): void;
}

/**
 * Told by the attempt, never before `start` returned: `committed` at most once, `over` exactly
 * once.
 */
export interface AttemptSink {
  /** The first content is about to be appended to the log (RTE-6). */
  committed(): void;
  /** Nothing is appended after this. A complete answer has its terminal entry in the log. */
  over(outcome: AttemptOutcome): void;
}

export interface RunningAttempt {
  /** What only tunes and the target has no words for: names for `x-sekisho-dropped` (WIR-13). */
  readonly dropped: readonly string[];
  /** Closes the upstream call at once; `over` follows in this turn unless it was called. */
  abort(cause: Code): void;
}

/** A provider under one of its credentials. */
export type ProviderPlace = Pick<Target, "provider" | "credentialId">;

/** A place that answers model calls, in whatever dialect it speaks. */
export interface Provider {
  readonly name: string;
  /**
   * Throws Failure `unsupported_by_target` when it cannot carry the request; nothing was sent then.
   */
  start(input: AttemptInput, sink: AttemptSink): RunningAttempt;
  /**
   * Asks how many tokens the prompt has, as `start` asks for an answer: the count is the input of
   * the usage that a complete outcome reports, and nothing is appended to the log. Where the
   * provider does not count for this model the attempt fails with `unsupported_by_target`; a
   * provider without the endpoint has no such method.
   */
  countTokens?(input: AttemptInput, sink: AttemptSink): RunningAttempt;
  /**
   * Asks for the vectors of some inputs, as `start` asks for an answer: they are told to
   * `embedded`, and nothing is appended to the log. A provider that makes none has no such method.
   */
  embed?(input: EmbedInput, sink: AttemptSink): RunningAttempt;
}
