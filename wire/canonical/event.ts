import type { Code } from "./codes.data.ts";
import type { Usage } from "./usage.ts";

/** Why an answer ended by itself. `budget`, `deadline` and `cancelled` are ours. */
export type FinishReason =
  | "stop"
  | "length"
  | "tool"
  | "filter"
  | "refusal"
  | "budget"
  | "deadline"
  | "cancelled";

/**
 * The one event shape (WIR-9), verb list start/delta/end. A response is `start`, then content, then
 * `usage` (at most once, cumulative), then exactly one terminal: `finish` or `error`.
 */
export type CanonicalEvent =
  | {
      readonly type: "start";
      readonly model: string;
      readonly upstreamId: string | null;
      readonly createdMs: number | null;
    }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "refusal"; readonly text: string }
  | {
      readonly type: "reasoning";
      readonly text: string;
      /** Ends the block of reasoning that it signs. */
      readonly signature?: string;
      /** A block of encrypted reasoning, which has no text. */
      readonly redacted?: string;
    }
  | {
      readonly type: "toolStart";
      readonly index: number;
      readonly id: string;
      readonly name: string;
    }
  | { readonly type: "toolDelta"; readonly index: number; readonly arguments: string }
  | { readonly type: "toolEnd"; readonly index: number }
  | { readonly type: "citation"; readonly citation: unknown }
  | { readonly type: "usage"; readonly usage: Usage }
  | { readonly type: "ping" }
  | { readonly type: "finish"; readonly reason: FinishReason; readonly stopSequence: string | null }
  | ErrorEvent;

export interface ErrorEvent {
  readonly type: "error";
  readonly code: Code;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

/** Entry kinds of the event log, as the byte that stands in it. */
export const entryKind = { start: 0, content: 1, usage: 2, terminal: 3, other: 4 } as const;
export type EntryKind = (typeof entryKind)[keyof typeof entryKind];
