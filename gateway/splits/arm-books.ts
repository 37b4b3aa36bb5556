import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { ArmOutcome } from "@sekisho/wire/admin/splits.ts";
import type { AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import type { ArmRef } from "../split.ts";
import type { ClassedCall } from "../arm-class.ts";
import type { SplitCounts } from "./judge-split.ts";

/** A call of an arm that is over. */
export interface EndedArmCall extends ClassedCall {
  readonly call: ClassedCall["call"] & Pick<Call, "choice">;
  readonly counts: AttemptRecord | null;
  readonly costNanoUsd: number;
  readonly endedMs: number;
  readonly endedWallMs: number;
}

/** One whose process has died. */
export interface LostArmCall {
  readonly arm: ArmRef;
  readonly timeMs: number;
  readonly costNanoUsd: number;
}

/** Which of the seconds that are kept count. */
export interface CountedPhase {
  readonly split: string;
  readonly phase: number;
  readonly windowMs: number;
  readonly nowMs: number;
}

/** Figures of a split since an instant; null: since its first call. */
export interface ArmQuery {
  readonly split: string;
  readonly sinceMs: number | null;
}

export interface Percentiles {
  readonly count: number;
  readonly averageMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** What the calls of an arm came to. */
export interface ArmFigures {
  readonly arm: string;
  readonly requests: number;
  readonly classes: Readonly<Record<ArmOutcome, number>>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanoUsd: bigint;
  readonly firstToken: Percentiles;
  readonly latency: Percentiles;
}

/** Figures of arms, in the transactions of the rows that they are of. */
export interface ArmBooks {
  /** Nothing for a call whose model is no split. */
  ended(call: EndedArmCall): readonly Write[];
  lost(call: LostArmCall): Write;
  /** What the arms are judged by. */
  counts(phase: CountedPhase): SplitCounts;
  /** Of each arm that had a call, in the order of their names. */
  figures(query: ArmQuery): readonly ArmFigures[];
  /** Takes out what nobody asks for any more: figures by the second, the minute and the hour. */
  forgetOld(nowMs: number): readonly Write[];
}
