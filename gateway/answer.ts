import type { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { AnswerTiming } from "@sekisho/wire/canonical/codec.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { CacheMark } from "./cache-policy.ts";
import type { Shortened } from "./call.ts";
import type { Target } from "./target.ts";

/** The attempt that served an answer, for its headers. */
export interface Served {
  readonly target: ServedPlace;
  /** How many attempts were made, this one included. */
  readonly attempts: number;
  /** What only tunes and was left out on the way to this target (WIR-13). */
  readonly dropped: readonly string[];
  /** Of the conversation, the oldest (MON-5); absent where all of it was sent. */
  readonly leftOutMessages?: number;
  /** As `Shortened.summary`. */
  readonly summary?: NonNullable<Shortened["summary"]>;
  /** The arm of a split that it fell to (RTE-4); absent where its model is no split. */
  readonly arm?: string;
  /** As `Call.cache`. */
  readonly cache?: CacheMark;
}

/** Where it was served. */
export type ServedPlace = Pick<Target, "provider" | "region" | "upstreamModel">;

/** What a finished call was, as far as its reader may know. */
export interface Completion {
  readonly served: Served;
  readonly costNanoUsd: number | null;
  readonly usage: Usage;
  readonly timing: AnswerTiming;
  /** Flat: what of the provider's head is for the client too. */
  readonly headers: readonly string[];
}

/** Where `dispatch` puts the answer of a call; whoever wants it reads `log`. */
export interface Answer {
  readonly log: EventLog<CanonicalEvent>;
  /** An attempt was sent that leaves these out; another may follow. */
  attempted(dropped: readonly string[]): void;
  /** The first content is about to be appended: from here on there is no other attempt. */
  commit(served: Served): void;
  /** Everything is in the log, the terminal entry included. */
  complete(completion: Completion): void;
  /** Before `commit` the failure is the answer; after it a typed error ends the log. */
  fail(failure: Failure<Code>, served: Served | null): void;
}
