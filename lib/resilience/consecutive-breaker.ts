import type { Breaker, BreakerStatus } from "./breaker.ts";

export interface ConsecutiveBreakerLimits {
  /** This many failures in a row open it … */
  readonly failures: number;
  /** … when the first and the last of them are less than this apart. */
  readonly windowMs: number;
  readonly openMs: number;
  /** A probe without a verdict for so long is given up, and another may go. */
  readonly probeMs: number;
  /** This many successful probes in a row close it. */
  readonly successes: number;
}

const defaultLimits: ConsecutiveBreakerLimits = {
  failures: 5,
  windowMs: 60_000,
  openMs: 30_000,
  probeMs: 60_000,
  successes: 2,
};

type State =
  /** Times of the latest failures without a success between them, oldest first. */
  | { readonly kind: "closed"; readonly failuresMs: number[] }
  | { readonly kind: "open"; readonly untilMs: number }
  /** `probeUntilMs` is null while no probe is out. */
  | { readonly kind: "half_open"; successes: number; probeUntilMs: number | null };

/**
 * closed ── enough failures in a row, within the window ──► open
 * open ── after `openMs`, at the next `admit` ──► half open, one probe out
 * half open ── a probe fails ──► open
 * half open ── enough probes succeed in a row ──► closed
 *
 * Verdicts of calls admitted before it opened are ignored while it is open, so that it stays open
 * for exactly `openMs`. In half open they cannot be told from the probe's and count as its own:
 * they say as much about the other side, and end the probe's lease, so that the next may go.
 */
export class ConsecutiveBreaker implements Breaker {
  readonly #limits: ConsecutiveBreakerLimits;
  #state: State = { kind: "closed", failuresMs: [] };

  constructor(limits: ConsecutiveBreakerLimits = defaultLimits) {
    this.#limits = limits;
  }

  admit(nowMs: number): boolean {
    const state = this.#state;
    if (state.kind === "closed") return true;
    const probeUntilMs = nowMs + this.#limits.probeMs;
    if (state.kind === "open") {
      if (nowMs < state.untilMs) return false;
      this.#state = { kind: "half_open", successes: 0, probeUntilMs };
      return true;
    }
    if (state.probeUntilMs !== null && nowMs < state.probeUntilMs) return false;
    state.probeUntilMs = probeUntilMs;
    return true;
  }

  success(_nowMs: number): void {
    const state = this.#state;
    if (state.kind === "closed") {
      if (state.failuresMs.length > 0) state.failuresMs.length = 0;
    } else if (state.kind === "half_open") {
      state.successes += 1;
      state.probeUntilMs = null;
      if (state.successes >= this.#limits.successes) {
        this.#state = { kind: "closed", failuresMs: [] };
      }
    }
  }

  failure(nowMs: number): void {
    const state = this.#state;
    if (state.kind === "half_open") this.#open(nowMs);
    else if (state.kind === "closed") this.#count(state.failuresMs, nowMs);
  }

  abandon(_nowMs: number): void {
    if (this.#state.kind === "half_open") this.#state.probeUntilMs = null;
  }

  status(nowMs: number): BreakerStatus {
    const state = this.#state;
    if (state.kind === "closed") return { kind: "closed" };
    if (state.kind === "open") {
      if (nowMs < state.untilMs) return { kind: "open", untilMs: state.untilMs };
      return { kind: "half_open", isProbing: false };
    }
    const { probeUntilMs } = state;
    return { kind: "half_open", isProbing: probeUntilMs !== null && nowMs < probeUntilMs };
  }

  #count(failuresMs: number[], nowMs: number): void {
    failuresMs.push(nowMs);
    if (failuresMs.length > this.#limits.failures) failuresMs.shift();
    const firstMs = failuresMs[0] ?? nowMs;
    const isFull = failuresMs.length === this.#limits.failures;
    if (isFull && nowMs - firstMs < this.#limits.windowMs) this.#open(nowMs);
  }

  #open(nowMs: number): void {
    this.#state = { kind: "open", untilMs: nowMs + this.#limits.openMs };
  }
}
