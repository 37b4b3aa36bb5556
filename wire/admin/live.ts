import type { AlertFacts } from "./alerts.ts";
import type { CircuitChange, CircuitView } from "./circuits.ts";
import type { CacheSizeView } from "./cache.ts";
import type { NanoUsdJson } from "./usage.ts";

/** Histograms are kept by spans of this length. */
export const liveSlotS = 10;

/** What happened longer ago than this is not told: 15 minutes. */
export const liveSpanS = 900;

/** How many slots of a target there are at most, the one under way included. */
export const liveSlots = liveSpanS / liveSlotS;

/**
 * Sums of one second. Seconds and slots are numbered from an arbitrary start that lasts as long as
 * the process, and is one for all processes of a group: a slot is its first second divided by
 * `liveSlotS`.
 */
export type LiveSecond = readonly [
  second: number,
  /** Calls that ended in it, however they ended. */
  requests: number,
  /** Those that failed; a client that left is no failure. */
  errors: number,
  /** Requests that were refused before they became a call. */
  refused: number,
  inputTokens: number,
  outputTokens: number,
];

/** How often something happened, by a code of the table. */
export type CodeCounts = Readonly<Record<string, number>>;

/** Calls of one target that ended within one slot. */
export interface LiveSlot {
  /** Empty for calls that no target was asked for. */
  readonly target: string;
  readonly slot: number;
  readonly requests: number;
  readonly errors: number;
  /** How calls ended that did not end well, clients that left included. */
  readonly codes: CodeCounts;
  /** Attempts at this target that failed, whatever became of their calls. */
  readonly failedAttempts: CodeCounts;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: number;
  /** Mergeable histograms in base64, as `lib/telemetry/histogram.ts` writes them. */
  readonly totalUs: string;
  readonly firstTokenUs: string;
  /** Output tokens per second between first and last token, of streamed answers. */
  readonly tokensPerSecond: string;
}

/** Requests that were refused within one slot. */
export interface LiveRefusals {
  readonly slot: number;
  readonly codes: CodeCounts;
}

/** Where calls went. */
export interface LiveTarget {
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly model: string;
}

/** What was paid since midnight, UTC, from the ledger. */
export interface LiveToday {
  readonly requests: number;
  readonly costNanoUsd: NanoUsdJson;
  /** The dearest first, at most ten. */
  readonly models: readonly {
    readonly name: string;
    readonly requests: number;
    readonly costNanoUsd: NanoUsdJson;
  }[];
  /** Calls that were given the answer of another one, and what that had cost. */
  readonly given: {
    readonly answers: number;
    readonly savedNanoUsd: NanoUsdJson;
    /** Those that have saved most first, at most five. */
    readonly aliases: readonly {
      readonly tenant: string;
      readonly alias: string;
      readonly answers: number;
      readonly savedNanoUsd: NanoUsdJson;
    }[];
    /** What the process holds in memory. */
    readonly held: CacheSizeView;
  };
}

/** How many alerts a connection begins with. */
export const liveAlerts = 20;

/** An alert with its instant in epoch milliseconds. */
export interface LiveAlert extends AlertFacts {
  readonly atMs: number;
}

/**
 * One event of `GET /admin/live`. The event `snapshot` begins a connection and says everything,
 * `delta` says what is new: seconds, slots and refusals replace those of the same number.
 */
export interface LiveFrame {
  readonly wallMs: number;
  /** The second under way: `seconds` ends before it. */
  readonly second: number;
  readonly seconds: readonly LiveSecond[];
  readonly targets: readonly LiveTarget[];
  readonly slots: readonly LiveSlot[];
  readonly refusals: readonly LiveRefusals[];
  /** Null: as before. */
  readonly circuits: readonly CircuitView[] | null;
  /** Oldest first; `atMs` is epoch milliseconds. */
  readonly changes: readonly CircuitChange[];
  /** What was told of budgets: the latest, or those that came. Oldest first. */
  readonly alerts: readonly LiveAlert[];
  /** Null: as before. */
  readonly today: LiveToday | null;
  /** Calls under way. */
  readonly running: number;
}

/** How often a frame is sent, and when its reader should stop to believe what it shows. */
export const liveEveryMs = 1_000;
export const liveStaleMs = 10_000;
