import type { Target } from "./target.ts";

/** What is known of a target's health: `route` reads it, `dispatch` feeds it. */
export interface Health {
  /** 0 when the target may be tried now, else how long it rests. Changes nothing. */
  restsForMs(target: Target, nowMs: number): number;
  /** Asks to send one attempt now; a half-open circuit lets a single one through. */
  admit(target: Target, nowMs: number): boolean;
  success(target: Target, nowMs: number): void;
  failure(target: Target, nowMs: number): void;
  /** An admitted attempt ended without a verdict on the target: the client left, a 4xx. */
  abandon(target: Target, nowMs: number): void;
  /** The provider asked for this pause (RTE-8). */
  cool(target: Target, untilMs: number, nowMs: number): void;
}
