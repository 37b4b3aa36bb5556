import type { Random } from "../random/random.ts";
import { SampleWindow, type Samples } from "./_sample-window.ts";
import type { Breaker, BreakerStatus, Pass } from "./breaker.ts";

export interface WindowedBreakerLimits {
  /** It never opens at fewer failures than these … */
  readonly failures: number;
  /** … and they are at least this share of the samples in the short or in the long window. */
  readonly failureShare: number;
  readonly burstWindowMs: number;
  readonly windowMs: number;
  /** With fewer samples over the long window, as many failures in a row within it open it too. */
  readonly quietCallsPerSecond: number;
  /** The first opening lasts exactly this long. */
  readonly openMs: number;
  /** What reopenings grow to; `openMs` where that is more. */
  readonly openMaxMs: number;
  /** Each reopening lasts this many times the one before. 1: always exactly `openMs`. */
  readonly openGrowth: number;
  /** A probe without a verdict for so long is given up, and another may go. */
  readonly probeMs: number;
  /** This many successes in half-open close it. */
  readonly successes: number;
}

/** A grown opening lasts between 80 and 120 of 100 of its time: replicas do not return at once. */
const jitter = 0.2;

interface HalfOpen {
  readonly kind: "half_open";
  /** Probes of before are no longer heard. */
  readonly firstPass: Pass;
  successes: number;
  /** Null while no probe is out. */
  probeUntilMs: number | null;
}

type State =
  | { readonly kind: "closed"; readonly sinceMs: number | null; readonly isForced: boolean }
  | { readonly kind: "open"; readonly untilMs: number; readonly isForced: boolean }
  | HalfOpen;

/**
 * closed ── a failure that makes enough of them ──► open
 * open ── its time is over, or a good probe from outside ──► half open
 * half open ── a failure ──► open, for longer
 * half open ── enough successes ──► closed
 *
 * The pass of the closed state is one number for all calls; each probe in half-open has its own.
 * Every change of state takes the next number, so that whoever was admitted before is no longer
 * heard. Samples are kept while it is open, for `recentFailures`, and dropped when it closes:
 * what opened it must not open it again.
 */
export class WindowedBreaker implements Breaker {
  readonly #limits: WindowedBreakerLimits;
  readonly #random: Random;
  readonly #samples: SampleWindow;
  /** Times of the latest failures without a success between them, oldest first. */
  readonly #rowMs: number[] = [];
  #state: State = { kind: "closed", sinceMs: null, isForced: false };
  #pass: Pass = 0;
  /** How long the latest opening was to last, before jitter. */
  #openForMs: number;

  constructor(limits: WindowedBreakerLimits, random: Random) {
    this.#limits = limits;
    this.#random = random;
    this.#samples = new SampleWindow(Math.max(limits.burstWindowMs, limits.windowMs));
    this.#openForMs = limits.openMs;
  }

  get forced(): "open" | "closed" | null {
    const state = this.#state;
    return state.kind !== "half_open" && state.isForced ? state.kind : null;
  }

  admit(nowMs: number): Pass | null {
    if (this.#state.kind === "closed") return this.#pass;
    this.#halfOpenWhenDue(nowMs);
    const state = this.#state;
    if (state.kind === "open" || isProbing(state, nowMs)) return null;
    state.probeUntilMs = nowMs + this.#limits.probeMs;
    this.#pass += 1;
    return this.#pass;
  }

  success(pass: Pass, nowMs: number): void {
    const state = this.#state;
    if (state.kind === "closed") {
      if (pass !== this.#pass) return;
      this.#samples.success(nowMs);
      if (this.#rowMs.length > 0) this.#rowMs.length = 0;
    } else if (state.kind === "half_open" && pass >= state.firstPass) {
      if (pass === this.#pass) state.probeUntilMs = null;
      this.#succeeded(state, nowMs);
    }
  }

  failure(pass: Pass, nowMs: number): void {
    const state = this.#state;
    const isHeard =
      state.kind === "closed"
        ? pass === this.#pass
        : state.kind === "half_open" && pass >= state.firstPass;
    if (isHeard) this.#failed(nowMs);
  }

  abandon(pass: Pass, _nowMs: number): void {
    const state = this.#state;
    if (state.kind === "half_open" && pass === this.#pass) state.probeUntilMs = null;
  }

  probed(isWell: boolean, nowMs: number): void {
    if (this.forced !== null) return;
    this.#halfOpenWhenDue(nowMs);
    if (!isWell) this.#failed(nowMs);
    else if (this.#state.kind !== "closed") this.#succeeded(this.#halfOpen(), nowMs);
  }

  force(to: "open" | "closed" | null, nowMs: number): void {
    if (to === null) {
      if (this.forced !== null) this.reset(nowMs);
      return;
    }
    if (to === this.forced) return;
    if (to === "open") this.#enter({ kind: "open", untilMs: Infinity, isForced: true });
    else this.#close(nowMs, true);
  }

  reset(nowMs: number): void {
    this.#close(nowMs, false);
  }

  recentFailures(nowMs: number): number {
    return this.#samples.within(this.#limits.windowMs, nowMs).failures;
  }

  status(nowMs: number): BreakerStatus {
    const state = this.#state;
    if (state.kind === "closed") return { kind: "closed", sinceMs: state.sinceMs };
    if (state.kind === "open" && nowMs < state.untilMs) {
      return { kind: "open", untilMs: state.untilMs };
    }
    return { kind: "half_open", isProbing: state.kind === "half_open" && isProbing(state, nowMs) };
  }

  #succeeded(state: HalfOpen, nowMs: number): void {
    state.successes += 1;
    if (state.successes >= this.#limits.successes) this.#close(nowMs, false);
  }

  #failed(nowMs: number): void {
    this.#samples.failure(nowMs);
    if (this.#state.kind === "half_open") this.#reopen(nowMs);
    else if (this.#state.kind === "closed") {
      this.#rowMs.push(nowMs);
      if (this.#rowMs.length > this.#limits.failures) this.#rowMs.shift();
      if (!this.#state.isForced && this.#isTooMuch(nowMs)) this.#open(nowMs, this.#limits.openMs);
    }
  }

  /** Asked at failures alone: a share that rises because successes grow old is no news. */
  #isTooMuch(nowMs: number): boolean {
    const { failures, burstWindowMs, windowMs, quietCallsPerSecond } = this.#limits;
    const lately = this.#samples.within(windowMs, nowMs);
    if (this.#isShare(lately)) return true;
    if (this.#isShare(this.#samples.within(burstWindowMs, nowMs))) return true;
    const [firstMs] = this.#rowMs;
    if (firstMs === undefined || this.#rowMs.length < failures) return false;
    const isQuiet = lately.total * 1_000 < quietCallsPerSecond * windowMs;
    return isQuiet && nowMs - firstMs < windowMs;
  }

  #isShare({ total, failures }: Samples): boolean {
    return failures >= this.#limits.failures && failures >= this.#limits.failureShare * total;
  }

  #reopen(nowMs: number): void {
    const { openMs, openGrowth } = this.#limits;
    this.#open(
      nowMs,
      Math.min(Math.max(openMs, this.#limits.openMaxMs), this.#openForMs * openGrowth),
    );
  }

  #open(nowMs: number, forMs: number): void {
    this.#openForMs = forMs;
    this.#enter({ kind: "open", untilMs: nowMs + this.#jittered(forMs), isForced: false });
  }

  /** Near the maximum the span is cut, not the draw: else half of all replicas would meet there. */
  #jittered(forMs: number): number {
    const { openMs, openMaxMs } = this.#limits;
    if (forMs === openMs) return openMs;
    const leastMs = forMs * (1 - jitter);
    const mostMs = Math.min(openMaxMs, forMs * (1 + jitter));
    return Math.round(leastMs + (mostMs - leastMs) * this.#random.float());
  }

  #halfOpenWhenDue(nowMs: number): void {
    if (this.#state.kind === "open" && nowMs >= this.#state.untilMs) this.#halfOpen();
  }

  #halfOpen(): HalfOpen {
    if (this.#state.kind === "half_open") return this.#state;
    // Behind the pass of this change of state.
    const firstPass = this.#pass + 2;
    const state: HalfOpen = { kind: "half_open", firstPass, successes: 0, probeUntilMs: null };
    this.#enter(state);
    return state;
  }

  #close(nowMs: number, isForced: boolean): void {
    const sinceMs = this.#state.kind === "closed" ? this.#state.sinceMs : nowMs;
    this.#samples.clear();
    this.#rowMs.length = 0;
    this.#enter({ kind: "closed", sinceMs, isForced });
  }

  #enter(state: State): void {
    this.#state = state;
    this.#pass += 1;
  }
}

function isProbing({ probeUntilMs }: HalfOpen, nowMs: number): boolean {
  return probeUntilMs !== null && nowMs < probeUntilMs;
}
