import type { CacheTold } from "../canonical/cache-told.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";

/** The protocol that both sides speak, as the handshake names it. */
export const subprotocol = "sekisho.v1";

/** No frame of the server's is longer (STR-10). */
export const maxFrameBytes = 32_768;

/** How long an answer took, in whole milliseconds since its request. */
export interface StreamMetrics {
  readonly firstTokenMs: number;
  readonly latencyMs: number;
}

/** What a server says on a session. Ids of responses are `rsp_…`. */
export type ServerFrame =
  /** The request `id` of the client's is under way, or the response it resumed was found. */
  | {
      readonly type: "accepted";
      readonly id: string | null;
      readonly response: string;
      readonly epoch: number;
    }
  /**
   * Everything up to the entry `seq`, since the frame before; with `part`, that many parts of the
   * entry, of which more follow.
   */
  | {
      readonly type: "event";
      readonly response: string;
      readonly seq: number;
      readonly part?: number;
      readonly event: CanonicalEvent;
    }
  /** A piece of the JSON of an event that no frame can hold; the last one has no `part`. */
  | {
      readonly type: "fragment";
      readonly response: string;
      readonly seq: number;
      readonly part?: number;
      readonly data: string;
    }
  /** The client has more than there is: it forgets what it has of the response. */
  | { readonly type: "reset"; readonly response: string; readonly epoch: number }
  | {
      readonly type: "done";
      readonly response: string;
      readonly seq: number;
      readonly finish: FinishReason;
      readonly usage: Usage | null;
      /** Beyond 2^53 a decimal text. */
      readonly costNanoUsd: number | string | null;
      readonly metrics: StreamMetrics;
      /** Of the conversation, the oldest that were not sent; absent where all of it was. */
      readonly leftOutMessages?: number;
      /** A summary was sent in their place. */
      readonly isSummarised?: true;
      /** Absent where nothing is kept for the model, and nothing was looked for (STR-14). */
      readonly cache?: CacheTold;
      /** The arm of a split that the request fell to (RTE-4); absent where its model is none. */
      readonly arm?: string;
    }
  /** Of the request `id`, of a response, or of the session. */
  | {
      readonly type: "error";
      readonly id?: string;
      readonly response?: string;
      readonly seq?: number;
      readonly code: string;
      readonly message: string;
      readonly param?: string;
      readonly retryAfterMs?: number;
      /** What a refusal is made of: of a budget its type, limit, use and reset. */
      readonly details?: Readonly<Record<string, string | number>>;
    }
  | { readonly type: "auth_expiring"; readonly expiresInMs: number }
  | { readonly type: "authenticated" }
  | { readonly type: "ping"; readonly serverTime: string };
