import type { Breaker, BreakerStatus } from "@sekisho/lib/resilience/breaker.ts";
import type { Sometimes } from "../base/sometimes.ts";

/** A breaker whose changes of state are counted. */
export class WatchedBreaker implements Breaker {
  readonly #breaker: Breaker;
  readonly #sometimes: Sometimes;

  constructor(breaker: Breaker, sometimes: Sometimes) {
    this.#breaker = breaker;
    this.#sometimes = sometimes;
  }

  admit(nowMs: number): boolean {
    const { kind } = this.status(nowMs);
    const isAdmitted = this.#breaker.admit(nowMs);
    if (isAdmitted && kind === "half_open") this.#sometimes.reached("half-open probe");
    return isAdmitted;
  }

  success(nowMs: number): void {
    const { kind } = this.status(nowMs);
    this.#breaker.success(nowMs);
    if (kind === "half_open" && this.status(nowMs).kind === "closed") {
      this.#sometimes.reached("circuit closed again");
    }
  }

  failure(nowMs: number): void {
    const { kind } = this.status(nowMs);
    this.#breaker.failure(nowMs);
    if (kind !== "open" && this.status(nowMs).kind === "open") {
      this.#sometimes.reached("circuit opened");
    }
  }

  abandon(nowMs: number): void {
    this.#breaker.abandon(nowMs);
  }

  status(nowMs: number): BreakerStatus {
    return this.#breaker.status(nowMs);
  }
}
