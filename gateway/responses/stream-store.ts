import type { FailureDetails } from "@sekisho/lib/failure/failure.ts";
import type { LogEntry } from "@sekisho/lib/event-log/log-entry.ts";
import type { KeptWords } from "@sekisho/wire/canonical/codec.ts";
import type { NativeWords } from "@sekisho/wire/canonical/native-words.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { Served } from "../answer.ts";
import type { Surface } from "../request.ts";

export type StreamEntry = LogEntry<CanonicalEvent>;

/** What a response that can be read again is known by, from its beginning on. */
export interface StreamHead {
  /** UUIDv7 body. */
  readonly id: string;
  /** Whose it is: nobody else learns that it exists. */
  readonly keyId: string;
  readonly tenant: string;
  readonly surface: Surface;
  readonly createdMs: number;
  readonly facts: StreamFacts;
  /** Whom it was asked for, where that was said. */
  readonly user?: string | null;
  readonly session?: string | null;
}

/** Whose streams: of a user, and of these sessions. */
export interface StreamOwners {
  readonly tenant: string;
  readonly user: string | null;
  readonly sessions: readonly string[];
}

/** What its entries are written out with, however much later. */
export interface StreamFacts {
  /** As the client named it. */
  readonly model: string;
  readonly streamUsage: boolean;
  readonly repeatedMembers: string;
  /** As `RequestFacts.nativeWords`. */
  readonly nativeWords?: NativeWords | null;
  /** Kept as long as there is room for its hour, and not only for a while after its end. */
  readonly isStored: boolean;
  /** Of a response that others go on from. */
  readonly kept?: KeptFacts;
}

/** What a response was asked with, for those that go on from it. */
export interface KeptFacts extends KeptWords {
  /** The items of its own request. */
  readonly input: readonly object[];
}

/** How it ended. Null in `code`: as a whole answer. */
export interface StreamEnd {
  readonly code: string | null;
  readonly costNanoUsd: number | null;
  readonly usage: Usage | null;
  readonly region: string;
  readonly firstTokenMs: number;
  readonly latencyMs: number;
  /** Of an answer that is given again whole, head and all. */
  readonly head?: EndHead;
}

/** What an answer's head tells beside its body. */
export interface EndHead {
  readonly served: Served | null;
  /** Flat: what of the provider's head is for the client too. */
  readonly headers: readonly string[];
  /** Of a failure. */
  readonly details: FailureDetails;
}

/** A response as the store has it. */
export interface StoredStream {
  readonly head: StreamHead;
  /** Rises only where the entries may be fewer than somebody was sent (STR-1). */
  readonly epoch: number;
  readonly nextSeq: number;
  /** Null while it runs, here or elsewhere. */
  readonly end: StreamEnd | null;
  readonly endedMs: number | null;
}

/** What became of the streams of processes that died. */
export interface StreamRecovery {
  /** Appended to each. */
  readonly last: CanonicalEvent;
  readonly end: StreamEnd;
  /** When this machine was started: what was written before may have lost its end. */
  readonly bootedWallMs: number;
}

/**
 * Where responses that can be read again are kept. Each belongs to the hour in which it began, and
 * an hour is dropped as a whole.
 */
export interface StreamStore {
  /** Resolves when it would be found after a crash. Rejects with Failure. */
  open(head: StreamHead): Promise<void>;
  /** Entries, and the end where they are the last; rejects when somebody else has ended it. */
  append(id: string, entries: readonly StreamEntry[], end: StreamEnd | null): Promise<void>;
  /** Some entries from `seq` on, about 32 KiB. */
  read(id: string, seq: number): readonly StreamEntry[];
  find(id: string): StoredStream | null;
  /** Takes everything of it away. */
  remove(id: string): Promise<void>;
  /** Those of one's own, of all hours, whether they are over or not. */
  idsOf(owners: StreamOwners): readonly string[];
  /**
   * Resolves when what was taken away stands in no file any more. Rejects with Failure where that
   * cannot be done now.
   */
  scrub(ids: readonly string[]): Promise<void>;
  /** Ends what no process writes any more; returns how many there were. */
  recover(recovery: StreamRecovery): Promise<number>;
}
