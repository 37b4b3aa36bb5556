import type { ReadRequest } from "@sekisho/wire/canonical/read-request.ts";

/** The ways in for model requests. */
export type Surface = "openai.chat" | "openai.completions";

/** A request that was read and found right. */
export interface ClientRequest {
  readonly surface: Surface;
  readonly read: ReadRequest;
  /** Most tokens the prompt can come to (MON-4); Infinity where only the provider knows. */
  readonly inputTokensBound: number;
}
