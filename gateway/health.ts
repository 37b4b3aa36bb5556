import type { Target } from "./target.ts";

/** Who says that a target rests. */
export type RestCause =
  /** Its own circuit, that of its region, or the quarantine of its credential. */
  | "circuit"
  | "region"
  | "credential"
  /** The provider asked for a pause (RTE-8). */
  | "cooling"
  /** An administrator did. */
  | "drained"
  | "forced";

export interface Rest {
  readonly cause: RestCause;
  /** Infinity until an administrator ends it. */
  readonly forMs: number;
}

/** How busy a target is, and how quick it was. */
export interface Load {
  readonly inFlight: number;
  /** Peak-weighted time to first token × tokens in flight (RTE-3). */
  readonly cost: number;
}

/**
 * How an attempt ended, as far as it says something about the other side: `network` before it was
 * reached, `server` for errors, cuts and missed deadlines, `credential` when it was refused for all
 * models, `denied` when for this one, `none` for a client's own fault.
 */
export type HealthVerdict =
  | "success"
  | "network"
  | "server"
  | "throttled"
  | "credential"
  | "denied"
  | "none";

/** One attempt on its way. */
export interface Passage {
  /** The first content came: of a stream, or the whole answer at once. */
  firstToken(nowMs: number, isStream: boolean): void;
  /** Exactly once. `cause` is what operators read of a failure that opens a circuit. */
  end(verdict: HealthVerdict, nowMs: number, cause?: string): void;
}

/** What is known of the health of targets: `route` reads it, `dispatch` feeds it. */
export interface Health {
  /** Null when the target may be tried now. Changes nothing. */
  restOf(target: Target, nowMs: number): Rest | null;
  /** 1, or less while a target that has recovered starts slowly. Changes nothing. */
  share(target: Target, nowMs: number): number;
  /** Changes nothing. */
  load(target: Target, nowMs: number): Load;
  /** How long its first token may take, at least as configured (RTE-10). Changes nothing. */
  firstTokenLimitMs(target: Target, configuredMs: number): number;
  /** Asks to send one attempt of so many tokens now; null when it may not go. */
  admit(target: Target, tokens: number, nowMs: number): Passage | null;
  /**
   * As `admit`, but circuits of the target and of its region do not stand in its way, and learn of
   * it only where they would have let it pass (RTE-15).
   */
  admitInPanic(target: Target, tokens: number, nowMs: number): Passage | null;
  /** The provider asked for this pause (RTE-8). */
  cool(target: Target, untilMs: number, nowMs: number): void;
}
