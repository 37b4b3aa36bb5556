import type { Lot } from "@sekisho/lib/resilience/balance.ts";
import type { CacheMark } from "./cache-policy.ts";
import type { Choice } from "./choice.ts";
import type { Attribution, Principal } from "./principal.ts";
import type { ModelEntry } from "./model-entry.ts";
import type { ClientRequest } from "./request.ts";

/** What of a call's conversation is not sent (MON-5). */
export interface Shortened {
  /** Elements of its list of messages. */
  readonly messages: number;
  /** The request as its client made it. */
  readonly asked: ClientRequest;
  /**
   * A summary of it is sent in its place: the call that made it for this one, null where an earlier
   * one had it made. Absent: nothing is.
   */
  readonly summary?: { readonly callId: string | null };
}

/** The same, as answers tell it. */
export const toldHistory = ({ messages, summary }: Shortened) => ({
  leftOutMessages: messages,
  ...(summary === undefined ? {} : { summary }),
});

/** One admitted request of a client, from validation to its terminal row. */
export interface Call {
  /** UUIDv7 body: `req_`, `rsp_` and the dialect's own prefix share it. */
  readonly id: string;
  readonly principal: Principal;
  readonly attribution: Attribution;
  /** What it may cost at most, as its client says; absent and null: nothing is said. */
  readonly maxNanoUsd?: number | null;
  readonly request: ClientRequest;
  /** The call whose history it summarises; absent for those that clients have asked for. */
  readonly summaryOf?: string;
  /** Absent where `request` is all that was asked. */
  readonly shortened?: Shortened;
  /** Absent where nothing is kept of its answer, and nothing was looked for. */
  readonly cache?: CacheMark;
  /** What the model's name stood for on arrival; a new configuration does not change it. */
  readonly entry: ModelEntry;
  /** Why it is that entry, where the name left a choice (RTE-4, RTE-5). */
  readonly choice: Choice | null;
  /** What balancers decide by: a call that is planned twice gets the same order. */
  readonly lot: Lot;
  readonly arrivedMs: number;
  readonly arrivedWallMs: number;
  /** Of the classes `critical` and above; looked up only where its entry asks (RTE-15). */
  readonly isCritical: boolean;
  /** Is an answer that breaks off in mid-stream continued (RTE-12)? */
  readonly continues: boolean;
  /** Monotonic instant after which no attempt may go on. */
  readonly deadlineMs: number;
}

/** How long a call may go on: where several read its answer, as long as the last of them waits. */
export type Until = Pick<Call, "deadlineMs">;
