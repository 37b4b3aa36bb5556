import type { PriceSpan } from "./price.ts";
import type { TokenEstimates } from "./token-estimates.ts";

/** What an upstream model can take and give. */
export interface ModelFacts {
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  /** The field in which this model expects its output cap. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
}

/** What a model that makes vectors takes and gives. */
export interface EmbeddingFacts {
  /** Nothing is known of the model: it may as well be one that answers. */
  readonly isGuess: boolean;
  /** How long its vectors are where nobody asks for another length; null: nobody knows. */
  readonly dimensions: number | null;
  /** Lengths that may be asked for; `any` is any up to its own. */
  readonly lengths: readonly number[] | "any";
  readonly inputsPerRequest: number;
  /** Infinity where the inputs alone are bounded. */
  readonly tokensPerRequest: number;
  readonly windowTokens: number;
  /** Inputs may be ids of tokens. */
  readonly takesTokens: boolean;
}

/** When a failing target is rested (RTE-13). */
export interface BreakerPolicy {
  /** This many failures open it … */
  readonly failures: number;
  /** … when they are this share of the calls … */
  readonly failureShare: number;
  /** … of the last burst or of the last window. */
  readonly burstWindowMs: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly openMaxMs: number;
  /** What each opening that follows a failed probe is longer by; 1 keeps it constant. */
  readonly openGrowth: number;
  readonly successes: number;
  readonly countThrottling: boolean;
}

/** When all targets of a provider, or of one of its credentials, are rested (RTE-13, RTE-14). */
export interface PlacePolicy {
  /** Null: the region never opens as a whole. */
  readonly regionFailures: number | null;
  /** Server errors count against the region when so many of its models had some. */
  readonly regionModels: number;
  readonly regionOpenMs: number;
  /** How long a refused credential is kept from use at first; null: not at all. */
  readonly quarantineMs: number | null;
}

/** What a provider grants each model under each credential in a minute (RTE-16). */
export interface QuotaPolicy {
  /** Null: not limited, or not known. */
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  /** Tokens of an answer count so many times in the end. */
  readonly outputFactor: number;
}

/** The interface of a provider through which a target is asked. */
export type TargetApi =
  | "openai.chat"
  | "anthropic.messages"
  | "bedrock.converse"
  | "bedrock.invoke"
  | "gemini.generateContent"
  | "ai-sdk";

/** The interfaces of a target; of `bedrock.auto` each call takes the one that suits its client. */
export type TargetApis = TargetApi | "bedrock.auto";

/**
 * How a model goes on with an answer that broke off: from the words of its own that end the
 * conversation, or in a turn of the user that asks for it.
 */
export type ContinueWay = "prefill" | "turn";

/** One place a call can go: provider + region + credential + upstream model. */
export interface Target {
  /** Unique and stable over reloads: breakers and metrics are kept under it. */
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  /** Null where the provider wants none. */
  readonly credentialId: string | null;
  /** The model's name at the provider. */
  readonly upstreamModel: string;
  /** The model, or the wildcard whose names share a circuit. */
  readonly circuitName: string;
  readonly apis: TargetApis;
  readonly priority: number;
  readonly weight: number;
  readonly facts: ModelFacts;
  /** Absent and null for a model that is known to make no vectors. */
  readonly embedding?: EmbeddingFacts | null;
  readonly breaker: BreakerPolicy;
  readonly place: PlacePolicy;
  /** What it costs, over time; without a price it is refused under a money budget. */
  readonly prices: PriceSpan;
  /** Absent and null where the provider declares none. */
  readonly quota?: QuotaPolicy | null;
  /** Absent and null where it does not, or nobody knows that it does. */
  readonly continues?: ContinueWay | null;
  /** Absent where nothing is learnt of what texts come to. */
  readonly estimates?: TokenEstimates;
}
