import type { Breaker, BreakerStatus, Pass } from "@sekisho/lib/resilience/breaker.ts";
import type {
  CircuitChange,
  CircuitLevel,
  CircuitState,
  CircuitView,
} from "@sekisho/wire/admin/circuits.ts";

/** What a circuit guards, for those who look at it. */
export interface CircuitName {
  readonly level: CircuitLevel;
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  readonly credential: string | null;
  readonly model: string | null;
}

export interface CircuitPolicy {
  readonly failures: number;
  readonly openMs: number;
}

/** After recovery a target takes its full share only after this time (RTE-3). */
const slowStartMs = 60_000;
const leastShare = 0.1;

/** While another call probes a half-open circuit, the rest look elsewhere for about this long. */
const probingRestMs = 1_000;

/** Why a circuit changes, as far as it is known. */
interface Reason {
  readonly isForced?: boolean;
  readonly cause?: string | null;
}

/** A breaker under its name. It knows whether its breaker rests without asking it each time. */
export class Circuit {
  readonly name: CircuitName;
  readonly #policy: CircuitPolicy;
  readonly #breaker: Breaker;
  readonly #changed: (change: Omit<CircuitChange, "atMs">) => void;
  #state: CircuitState = "closed";
  #slowUntilMs = -Infinity;

  // oxlint-disable-next-line max-params -- a circuit is its breaker under a name and a policy
  constructor(
    name: CircuitName,
    policy: CircuitPolicy,
    breaker: Breaker,
    changed: (change: Omit<CircuitChange, "atMs">) => void,
  ) {
    this.name = name;
    this.#policy = policy;
    this.#breaker = breaker;
    this.#changed = changed;
  }

  /** 0 when a call may go now, Infinity while it is forced open. Changes nothing. */
  restsForMs(nowMs: number): number {
    if (this.#state === "closed") return 0;
    const status = this.#breaker.status(nowMs);
    if (status.kind === "open") return status.untilMs - nowMs;
    return status.kind === "half_open" && status.isProbing ? probingRestMs : 0;
  }

  get isForced(): boolean {
    return this.#breaker.forced !== null;
  }

  /** Do its calls go as they come? */
  get isClosed(): boolean {
    return this.#state === "closed";
  }

  get isHalfOpen(): boolean {
    return this.#state === "half_open";
  }

  /** What part of its calls it takes, from 0.1 to 1. */
  share(nowMs: number): number {
    if (nowMs >= this.#slowUntilMs) return 1;
    return Math.max(leastShare, 1 - (this.#slowUntilMs - nowMs) / slowStartMs);
  }

  admit(nowMs: number): Pass | null {
    const pass = this.#breaker.admit(nowMs);
    if (this.#state !== "closed") this.#note(nowMs);
    return pass;
  }

  success(pass: Pass, nowMs: number): void {
    this.#breaker.success(pass, nowMs);
    if (this.#state !== "closed") this.#note(nowMs);
  }

  /** `cause` is what operators read when this is the failure that opens it. */
  failure(pass: Pass, nowMs: number, cause: string): void {
    this.#breaker.failure(pass, nowMs);
    this.#note(nowMs, { cause });
  }

  abandon(pass: Pass, nowMs: number): void {
    this.#breaker.abandon(pass, nowMs);
  }

  /** What an active probe found (RTE-14). */
  probed(isWell: boolean, nowMs: number): void {
    this.#breaker.probed(isWell, nowMs);
    this.#note(nowMs, { cause: "probe" });
  }

  force(to: "open" | "closed" | null, nowMs: number): void {
    this.#breaker.force(to, nowMs);
    this.#note(nowMs, { isForced: true });
  }

  /** Closed and without a memory: an administrator says that it is well. */
  reset(nowMs: number): void {
    this.#breaker.reset(nowMs);
    this.#note(nowMs, { isForced: true });
    this.#slowUntilMs = -Infinity;
  }

  view(nowMs: number, known: Pick<CircuitView, "isDrained" | "aliases">): CircuitView {
    const breaker = this.#breaker;
    const status = breaker.status(nowMs);
    return {
      ...this.name,
      state: status.kind,
      forced: breaker.forced,
      ...known,
      recentFailures: breaker.recentFailures(nowMs),
      failureThreshold: this.#policy.failures,
      recoveryTimeoutS: this.#policy.openMs / 1_000,
      retryInMs: retryInMs(status, nowMs),
      share: status.kind === "open" || known.isDrained ? 0 : this.share(nowMs),
    };
  }

  #note(nowMs: number, { isForced = false, cause = null }: Reason = {}): void {
    const status = this.#breaker.status(nowMs);
    const from = this.#state;
    if (status.kind === from) return;
    this.#state = status.kind;
    // What is open again is not recovering: its probe must not wait for its turn.
    const isRecovered = status.kind === "closed" && !isForced;
    this.#slowUntilMs = isRecovered ? nowMs + slowStartMs : -Infinity;
    this.#changed({
      ...this.name,
      from,
      to: status.kind,
      isForced,
      cause: status.kind === "open" ? cause : null,
      recentFailures: this.#breaker.recentFailures(nowMs),
      retryInMs: retryInMs(status, nowMs),
    });
  }
}

/** Null while it is not open, and while it is forced open. */
function retryInMs(status: BreakerStatus, nowMs: number): number | null {
  if (status.kind !== "open" || !Number.isFinite(status.untilMs)) return null;
  return Math.ceil(status.untilMs - nowMs);
}
