import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Usage } from "@sekisho/wire/canonical/usage.ts";
import type { Amounts } from "../amounts.ts";
import type { GivenKind, Saved } from "../cache-policy.ts";
import type { ArmRef } from "../split.ts";
import type { MeasuredUsage } from "../usage.ts";

/** How a call or an attempt ended, for rows, figures and labels. */
export type RowOutcome =
  | "ok"
  | "error" // it failed, and the client was told so
  | "cancelled" // the client left or cancelled
  | "unknown"; // the process died while it ran

/** How a call was given the answer of another one, and what that has saved. */
export interface RowGiven extends Saved {
  readonly kind: GivenKind;
}

/** Who, what and where: what a row and a roll-up are grouped by. */
export interface RowSubject {
  readonly tenant: string;
  readonly team: string | null;
  readonly key: string;
  readonly user: string | null;
  readonly session: string | null;
  readonly agent: string | null;
  readonly surface: string;
  /** The model as the client named it. */
  readonly alias: string;
  /** What was picked under that name and why, on one line; null where it left no choice (RTE-5). */
  readonly choice: string | null;
  /** Messages of its conversation that were not sent; 0 where all were (MON-5). */
  readonly leftOutMessages: number;
  /** What it was given in place of a model's answer of its own; absent for all others (STR-14). */
  readonly given?: RowGiven;
  /** Those that the key had when it was called; absent where it had none. */
  readonly tags?: readonly string[];
  /** Upstream model, provider and region of the attempt that counts; null when none was made. */
  readonly model: string | null;
  readonly provider: string | null;
  readonly region: string | null;
}

/** Committed before the first attempt: a crash in between leaves it as the trace of the call. */
export interface IntentRow {
  readonly id: string;
  readonly timeMs: number;
  readonly subject: RowSubject;
  readonly reserved: Amounts;
  /** By which line of the book the plan's first target is priced; null without a price. */
  readonly priceVersion: string | null;
  /** The arm of a split that it fell to; absent and null: its model is no split. */
  readonly arm?: ArmRef | null;
  /** Names of the budget accounts that hold the reservation, with the start of their window. */
  readonly accounts: readonly { readonly account: string; readonly windowStartMs: number }[];
}

/** One row per attempt and one per response; never changed, never deleted one by one (MON-14). */
export interface LedgerRow {
  readonly id: string;
  /** 0 is the response's row, 1 … n are its attempts. */
  readonly attempt: number;
  readonly timeMs: number;
  readonly subject: RowSubject;
  readonly usage: Usage;
  readonly usageSource: MeasuredUsage["source"];
  /**
   * Output tokens that no reader was handed before the call ended; all others were delivered. Null
   * where nobody knows: of an unknown usage, and in rows of before this was kept.
   */
  readonly wastedTokens: number | null;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
  readonly firstTokenMs: number | null;
  readonly outcome: RowOutcome;
  /** Code of the table when the outcome is not "ok". */
  readonly cause: string | null;
  readonly priceVersion: string | null;
}

/** Of which process, and how many of them. */
export interface OpenIntents {
  readonly owner: string;
  readonly limit: number;
}

/** The append-only book of calls. Its methods return writes; who calls them commits. */
export interface Ledger {
  intent(row: IntentRow): Write;
  /**
   * The terminal rows of one call: its attempts, its response, its share of the roll-ups, and the
   * end of its intent. Committing them twice fails on the row's key.
   */
  terminal(rows: readonly LedgerRow[]): Write[];
  /**
   * Intents without a terminal row: what was running when a process died. With an owner those of
   * one process among several, the oldest first.
   */
  openIntents(of?: OpenIntents): readonly IntentRow[];
}
