import type { CircuitName } from "@sekisho/gateway/route/circuit.ts";
import type { Breaker, BreakerStatus, Pass } from "@sekisho/lib/resilience/breaker.ts";
import type { RarePath } from "../base/sometimes.data.ts";
import type { Sometimes } from "../base/sometimes.ts";

const opened = {
  target: "circuit opened",
  region: "region opened",
  credential: "credential quarantined",
} as const satisfies Record<CircuitName["level"], RarePath>;

const closed = {
  target: "circuit closed again",
  region: "region closed again",
  credential: "quarantine ended",
} as const satisfies Record<CircuitName["level"], RarePath>;

/** A breaker whose changes of state are counted. */
export class WatchedBreaker implements Breaker {
  readonly #breaker: Breaker;
  readonly #level: CircuitName["level"];
  readonly #sometimes: Sometimes;
  /** The probe whose end nobody has told of. */
  #probe: Pass | null = null;

  constructor(breaker: Breaker, { level }: CircuitName, sometimes: Sometimes) {
    this.#breaker = breaker;
    this.#level = level;
    this.#sometimes = sometimes;
  }

  get forced(): "open" | "closed" | null {
    return this.#breaker.forced;
  }

  admit(nowMs: number): Pass | null {
    const { kind } = this.status(nowMs);
    const pass = this.#breaker.admit(nowMs);
    if (pass === null || kind !== "half_open") return pass;
    this.#sometimes.reached("half-open probe");
    if (this.#probe !== null) this.#sometimes.reached("probe hung");
    this.#probe = pass;
    return pass;
  }

  success(pass: Pass, nowMs: number): void {
    const { kind } = this.status(nowMs);
    this.#breaker.success(pass, nowMs);
    this.#ended(pass);
    if (kind === "half_open" && this.status(nowMs).kind === "closed") {
      this.#sometimes.reached(closed[this.#level]);
    }
  }

  failure(pass: Pass, nowMs: number): void {
    const { kind } = this.status(nowMs);
    this.#breaker.failure(pass, nowMs);
    this.#ended(pass);
    if (kind === "open" || this.status(nowMs).kind !== "open") return;
    this.#sometimes.reached(opened[this.#level]);
    if (kind === "half_open") this.#sometimes.reached("circuit opened again");
  }

  abandon(pass: Pass, nowMs: number): void {
    this.#breaker.abandon(pass, nowMs);
    this.#ended(pass);
  }

  probed(isWell: boolean, nowMs: number): void {
    this.#breaker.probed(isWell, nowMs);
  }

  force(to: "open" | "closed" | null, nowMs: number): void {
    this.#probe = null;
    this.#breaker.force(to, nowMs);
  }

  reset(nowMs: number): void {
    this.#probe = null;
    this.#breaker.reset(nowMs);
  }

  recentFailures(nowMs: number): number {
    return this.#breaker.recentFailures(nowMs);
  }

  status(nowMs: number): BreakerStatus {
    return this.#breaker.status(nowMs);
  }

  #ended(pass: Pass): void {
    if (pass === this.#probe) this.#probe = null;
  }
}
