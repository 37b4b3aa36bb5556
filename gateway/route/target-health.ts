import type { Breaker, BreakerStatus } from "@sekisho/lib/resilience/breaker.ts";
import type { Health } from "../health.ts";
import type { Target } from "../target.ts";

interface Pulse {
  readonly target: Target;
  readonly breaker: Breaker;
  coolUntilMs: number;
}

/** The state of one target's breaker, for health pages and metrics. */
export interface Circuit {
  readonly target: string;
  readonly provider: string;
  readonly region: string;
  readonly state: BreakerStatus["kind"];
}

/** A provider may ask for a day; asking it again after this long costs one call. */
const longestCoolMs = 600_000;

/** While another call probes a half-open circuit, the rest look elsewhere for about this long. */
const probingRestMs = 1_000;

/** Health of every target that was ever called, kept over configurations: names do not change. */
export class TargetHealth implements Health {
  readonly #makeBreaker: (target: Target) => Breaker;
  readonly #pulses = new Map<string, Pulse>();
  /** Configurations come with targets of their own; spelling a name at each look would cost. */
  readonly #byTarget = new WeakMap<Target, Pulse>();

  constructor(makeBreaker: (target: Target) => Breaker) {
    this.#makeBreaker = makeBreaker;
  }

  restsForMs(target: Target, nowMs: number): number {
    const pulse = this.#known(target);
    if (pulse === undefined) return 0;
    const coolMs = Math.max(0, pulse.coolUntilMs - nowMs);
    const status = pulse.breaker.status(nowMs);
    if (status.kind === "open") return Math.max(coolMs, status.untilMs - nowMs);
    if (status.kind === "half_open" && status.isProbing) return Math.max(coolMs, probingRestMs);
    return coolMs;
  }

  admit(target: Target, nowMs: number): boolean {
    const { breaker, coolUntilMs } = this.#pulse(target);
    return nowMs >= coolUntilMs && breaker.admit(nowMs);
  }

  success(target: Target, nowMs: number): void {
    this.#pulse(target).breaker.success(nowMs);
  }

  failure(target: Target, nowMs: number): void {
    this.#pulse(target).breaker.failure(nowMs);
  }

  abandon(target: Target, nowMs: number): void {
    this.#pulse(target).breaker.abandon(nowMs);
  }

  cool(target: Target, untilMs: number, nowMs: number): void {
    const pulse = this.#pulse(target);
    pulse.coolUntilMs = Math.max(pulse.coolUntilMs, Math.min(untilMs, nowMs + longestCoolMs));
  }

  /** The circuit of every target that was called. */
  circuits(nowMs: number): Circuit[] {
    return [...this.#pulses.values()].map(({ target, breaker }) => ({
      target: target.id,
      provider: target.provider,
      region: target.region,
      state: breaker.status(nowMs).kind,
    }));
  }

  #pulse(target: Target): Pulse {
    const known = this.#known(target);
    if (known !== undefined) return known;
    const fresh: Pulse = { target, breaker: this.#makeBreaker(target), coolUntilMs: 0 };
    this.#pulses.set(pulseName(target), fresh);
    this.#byTarget.set(target, fresh);
    return fresh;
  }

  #known(target: Target): Pulse | undefined {
    const own = this.#byTarget.get(target);
    if (own !== undefined) return own;
    const known = this.#pulses.get(pulseName(target));
    if (known !== undefined) this.#byTarget.set(target, known);
    return known;
  }
}

/** Aliases that rest the same target by another policy have a circuit of their own. */
function pulseName({ id, breaker }: Target): string {
  const { failures, windowMs, openMs, successes } = breaker;
  return `${id} ${failures}/${windowMs}/${openMs}/${successes}`;
}
