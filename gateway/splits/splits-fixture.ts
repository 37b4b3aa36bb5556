import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptRecord } from "../attempt.ts";
import type { ModelEntry, SplitChoice } from "../model-entry.ts";
import type { EndedArmCall } from "./arm-books.ts";
import { Splits } from "./splits.ts";
import type { SplitChangeRow } from "./split-store.ts";
import { splitMigrations } from "./store/migrations.sql.ts";
import { SqliteSplitStore } from "./store/sqlite.ts";
import { SqliteArmBooks } from "./store/sqlite-arm-books.ts";

/** What no test here looks into. */
const entry = { name: "m", pools: [], totalMs: 600_000 } as unknown as ModelEntry;

/** The split `ab` of three arms, with the limits of the configuration's defaults. */
export const splitOf = (over: Partial<SplitChoice> = {}): SplitChoice => ({
  kind: "split",
  split: "ab",
  arms: [
    { name: "a", weight: 80, entry },
    { name: "b", weight: 20, entry },
    { name: "c", weight: 0, entry },
  ],
  sticky: "session",
  salt: "ab",
  rollback: {
    errorRate: 0.05,
    minRequests: 100,
    windowMs: 300_000,
    falseAlarm: 0.15,
    timesOthers: 1.5,
  },
  canary: { steps: [1, 10, 50, 100], minRequests: 100, minMs: 300_000 },
  ...over,
});

/** A call of the split `ab` that is over. */
export interface Ended {
  readonly arm: string;
  readonly phase?: number;
  readonly cause?: Code | null;
  readonly endedWallMs?: number;
  readonly took?: { readonly latencyMs: number; readonly firstTokenMs: number | null };
  readonly costNanoUsd?: number;
  /** The client's own deadline. */
  readonly withinMs?: number;
}

const usually = { latencyMs: 100, firstTokenMs: 40 };

export function endedCall({ arm, phase = 0, cause = null, ...rest }: Ended): EndedArmCall {
  const { endedWallMs = 0, took = usually, costNanoUsd = 7 } = rest;
  const { latencyMs, firstTokenMs } = took;
  const measured = { usage: { ...noUsage, input: 3, output: 5 }, source: "reported" };
  const about = { split: "ab", by: "session", weight: 1, ofWeight: 2, phase } as const;
  return {
    call: {
      arrivedMs: 0,
      deadlineMs: rest.withinMs ?? entry.totalMs,
      entry,
      choice: { kind: "split", alias: arm, ...about },
    },
    // As much of an attempt as figures are made of.
    counts: { firstTokenMs, outcome: { kind: "complete", measured } } as unknown as AttemptRecord,
    cause,
    costNanoUsd,
    endedMs: latencyMs,
    endedWallMs,
  };
}

/** Splits of processes that share a file, on a virtual clock. */
export function openSplits() {
  const clock = new VirtualClock();
  const disk = new MemoryDisk(clock);
  migrate(disk.database, splitMigrations, clock);
  const reader = disk.openReader();
  const told: SplitChangeRow[] = [];
  const writer = new MemoryWriter({ disk, clock, onLoss: () => {} });
  /** Another process of the same file. */
  const open = (): Splits => {
    const store = new SqliteSplitStore(reader);
    return new Splits({ clock, store, writer, changed: (row) => void told.push(row) });
  };
  /** Lets the writer commit until it is done. */
  const settle = async <T>(run: Promise<T>): Promise<T> => {
    let isOver = false;
    run.catch(() => {}).finally(() => (isOver = true));
    while (!isOver) {
      clock.advanceBy(0.1);
      await Promise.resolve();
    }
    return await run;
  };
  const books = new SqliteArmBooks(reader);
  const record = (...calls: readonly EndedArmCall[]): Promise<void> =>
    settle(
      writer.commit(
        calls.flatMap((each) => books.ended(each)),
        "process",
      ),
    );
  return { clock, disk, reader, writer, told, open, settle, books, record };
}

/** An administrator, whose changes need no audit row here. */
export const somebody = { by: "key_1", requestId: "req_1", also: () => [] };
