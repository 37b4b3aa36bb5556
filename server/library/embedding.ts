import type { CallOptions } from "./completion.ts";

/** A call for vectors. */
export interface EmbeddingRequest extends Omit<CallOptions, "cacheTtl"> {
  /** 1 to 2,048 texts, none empty. */
  readonly input: string | readonly string[];
  /** How long each vector is to be, where the model leaves the choice. */
  readonly dimensions?: number | undefined;
}

export interface EmbeddingResult {
  /** In the order of the texts. */
  readonly vectors: readonly (readonly number[])[];
  /** The upstream model that made all of them: vectors of others do not compare. */
  readonly model: string;
  readonly provider: string;
  readonly region: string;
  readonly inputTokens: number;
  readonly costUsd: number;
  /** The same, exact: a billionth of a USD each. */
  readonly costNanoUsd: number;
  readonly totalLatencyMs: number;
  /** Under which the call stands in the log and the ledger: `req_…` */
  readonly requestId: string;
  /** As `CompletionResult.firstRequestId`. */
  readonly firstRequestId: string | null;
}
