import type { CacheTold } from "@sekisho/wire/canonical/cache-told.ts";

/** A turn of a conversation. Instructions of `system` may also stand between turns. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** Whom a call is for, and what it may come to. */
export interface CallOptions {
  /** Who in the application asks: 1 to 128 visible ASCII characters; it stands in the ledger. */
  readonly agentId: string;
  /** A tenant of the configuration: its budgets and rates apply. */
  readonly tenantId: string;
  /** An alias, or a model's name that a wildcard of the configuration takes. */
  readonly model: string;
  /** As `agentId`. */
  readonly sessionId?: string | undefined;
  /** Ends the call, and the one to the provider. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds: a kept answer that is no older may be given; 0: none is, nor is this one kept. */
  readonly cacheTtl?: number | undefined;
  /**
   * Your own name for this call, 1 to 255 visible ASCII characters: calls of a tenant that bear the
   * same one are one call, whose answer each of them gets (STR-13).
   */
  readonly idempotencyKey?: string | undefined;
}

/** How the answer is to be; what is left out comes from the alias. */
export interface AnswerOptions {
  /** An instruction ahead of the conversation. */
  readonly system?: string | undefined;
  /** From 0 to 2. */
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
  /** `json`: refused where no target of the model has such a mode. */
  readonly responseFormat?: "text" | "json" | undefined;
}

/** A single question, or a conversation; not both. */
export type Prompt =
  | { readonly prompt: string; readonly messages?: undefined }
  | { readonly messages: readonly ChatMessage[]; readonly prompt?: undefined };

export type CompletionRequest = CallOptions & AnswerOptions & Prompt;

/** Why an answer ended. `length`: at `maxTokens`; `filter`, `refusal`: the provider's own. */
export type StopReason =
  | "stop"
  | "length"
  | "tool"
  | "filter"
  | "refusal"
  | "budget"
  | "deadline"
  | "cancelled";

export interface TokenCounts {
  /** Of the whole prompt, cached by the provider or not. */
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

export interface CompletionResult {
  readonly content: string;
  /** The upstream model that answered: an alias may have several. */
  readonly model: string;
  readonly provider: string;
  readonly region: string;
  readonly tokens: TokenCounts;
  readonly costUsd: number;
  /** The same, exact: a billionth of a USD each. */
  readonly costNanoUsd: number;
  /** Of an answer that was not streamed: when all of it was there. */
  readonly timeToFirstTokenMs: number;
  readonly totalLatencyMs: number;
  /** Output tokens for each second of `totalLatencyMs`. */
  readonly tokensPerSecond: number;
  readonly stopReason: StopReason;
  /** Under which the call stands in the log and the ledger: `req_…` */
  readonly requestId: string;
  /** Of the earlier call of the same `idempotencyKey` whose answer this is; mostly null. */
  readonly firstRequestId: string | null;
  /** Of the conversation, the oldest that were not sent (`history`); mostly 0. */
  readonly leftOutMessages: number;
  /** A summary was sent in their place (`history: summarise`). */
  readonly isSummarised: boolean;
  /** Was it given the answer of another call, at cost 0 (STR-14)? */
  readonly cached: boolean;
  /** How, and when; null where nothing is kept for the model, and nothing was looked for. */
  readonly cache: CacheTold | null;
  /** The arm of a split that the call fell to (RTE-4); null where its model is none. */
  readonly arm: string | null;
  /** Why another model than the one named was picked (RTE-4, RTE-5), in words; mostly null. */
  readonly reason: string | null;
}

export interface StreamChunk {
  readonly text: string;
  /** From 0, without gaps. */
  readonly index: number;
  /** About how many tokens came so far: providers count at the end, `tokens.output` is exact. */
  readonly cumulativeTokens: number;
  /** Epoch milliseconds. */
  readonly timestamp: number;
}

/**
 * An answer as it comes. The call begins with the first chunk that is asked for, or with `result`.
 * Leaving a `for await` early ends the call at the provider.
 */
export interface CompletionStream extends AsyncGenerator<StreamChunk, CompletionResult, void> {
  /**
   * What the whole answer comes to. Where nobody reads the chunks they are read and dropped.
   * Rejects with SekishoError where the answer fails or is left early.
   */
  readonly result: Promise<CompletionResult>;
}
