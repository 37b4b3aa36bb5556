import type { Price } from "./price.ts";

/** What an upstream model can take and give. */
export interface ModelFacts {
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  /** The field in which this model expects its output cap. */
  readonly maxTokensField: "max_tokens" | "max_completion_tokens";
}

/** When a failing target is rested. */
export interface BreakerPolicy {
  readonly failures: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly successes: number;
}

/** The interface of a provider through which a target is asked. */
export type TargetApi =
  | "openai.chat"
  | "anthropic.messages"
  | "bedrock.converse"
  | "bedrock.invoke";

/** The interfaces of a target; of `bedrock.auto` each call takes the one that suits its client. */
export type TargetApis = TargetApi | "bedrock.auto";

/** One place a call can go: provider + region + credential + upstream model. */
export interface Target {
  /** Unique and stable over reloads: breakers and metrics are kept under it. */
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly credentialId: string;
  /** The model's name at the provider. */
  readonly upstreamModel: string;
  readonly apis: TargetApis;
  readonly priority: number;
  readonly weight: number;
  readonly facts: ModelFacts;
  readonly breaker: BreakerPolicy;
  /** Null where the model has no price: refused under a money budget. */
  readonly price: Price | null;
}
