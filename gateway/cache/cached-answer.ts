import { Buffer } from "node:buffer";
import { entryBytes, type LogEntry } from "@sekisho/lib/event-log/log-entry.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { ServedPlace } from "../answer.ts";

export type AnswerEntry = LogEntry<CanonicalEvent>;

/** What is told of a kept answer beside its words. */
export interface AnswerFacts {
  /** As `formOf` of who has asked for it; null where its entries are events, for everybody. */
  readonly form: string | null;
  readonly served: ServedPlace;
  readonly dropped: readonly string[];
  readonly usage: Usage;
  /** What it has cost. */
  readonly costNanoUsd: number;
  /** Flat: what of the provider's head is for the client too. */
  readonly headers: readonly string[];
  /** Of an answer to other words than those of its key: how near they are. */
  readonly similarity?: number;
}

/** Whose answer it is: by these it is thrown away. */
export interface AnswerOwner {
  readonly tenant: string;
  readonly alias: string;
  readonly keyId: string;
  readonly user: string | null;
  readonly session: string | null;
}

/** A whole answer that ended by itself, kept for requests that say the same (STR-14). */
export interface CachedAnswer {
  /** As `cacheKeyOf` made it. */
  readonly key: string;
  readonly owner: AnswerOwner;
  readonly storedMs: number;
  /** From here on it is given to nobody. */
  readonly expiresMs: number;
  readonly facts: AnswerFacts;
  readonly entries: readonly AnswerEntry[];
  /** About what it takes in memory. */
  readonly bytes: number;
}

/** What each takes beside its words. */
const overheadBytes = 1_024;

/**
 * Entries in memory of their own. Neighbours of one kind are one, as nobody has a place among them:
 * they leave in one write.
 */
export function packed(entries: readonly AnswerEntry[]): AnswerEntry[] {
  const joined: AnswerEntry[] = [];
  let run: Buffer[] = [];
  for (const [index, { kind, payload }] of entries.entries()) {
    if (!Buffer.isBuffer(payload)) {
      joined.push({ seq: joined.length, kind, payload });
      continue;
    }
    run.push(payload);
    const next = entries[index + 1];
    if (next?.kind === kind && Buffer.isBuffer(next.payload)) continue;
    joined.push({ seq: joined.length, kind, payload: Buffer.concat(run) });
    run = [];
  }
  return joined;
}

/** About what it takes in memory. */
export function sizeOf(entries: readonly AnswerEntry[]): number {
  let bytes = overheadBytes;
  for (const entry of entries) bytes += entryBytes(entry);
  return bytes;
}
