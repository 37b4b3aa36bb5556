import type { Breaker, BreakerStatus, Pass } from "@sekisho/lib/resilience/breaker.ts";
import type { Sometimes } from "../base/sometimes.ts";

/** A breaker whose changes of state are counted. */
export class WatchedBreaker implements Breaker {
  readonly #breaker: Breaker;
  readonly #sometimes: Sometimes;

  constructor(breaker: Breaker, sometimes: Sometimes) {
    this.#breaker = breaker;
    this.#sometimes = sometimes;
  }

  get forced(): "open" | "closed" | null {
    return this.#breaker.forced;
  }

  admit(nowMs: number): Pass | null {
    const { kind } = this.status(nowMs);
    const pass = this.#breaker.admit(nowMs);
    if (pass !== null && kind === "half_open") this.#sometimes.reached("half-open probe");
    return pass;
  }

  success(pass: Pass, nowMs: number): void {
    const { kind } = this.status(nowMs);
    this.#breaker.success(pass, nowMs);
    if (kind === "half_open" && this.status(nowMs).kind === "closed") {
      this.#sometimes.reached("circuit closed again");
    }
  }

  failure(pass: Pass, nowMs: number): void {
    const { kind } = this.status(nowMs);
    this.#breaker.failure(pass, nowMs);
    if (kind !== "open" && this.status(nowMs).kind === "open") {
      this.#sometimes.reached("circuit opened");
    }
  }

  abandon(pass: Pass, nowMs: number): void {
    this.#breaker.abandon(pass, nowMs);
  }

  probed(isWell: boolean, nowMs: number): void {
    this.#breaker.probed(isWell, nowMs);
  }

  force(to: "open" | "closed" | null, nowMs: number): void {
    this.#breaker.force(to, nowMs);
  }

  reset(nowMs: number): void {
    this.#breaker.reset(nowMs);
  }

  recentFailures(nowMs: number): number {
    return this.#breaker.recentFailures(nowMs);
  }

  status(nowMs: number): BreakerStatus {
    return this.#breaker.status(nowMs);
  }
}
