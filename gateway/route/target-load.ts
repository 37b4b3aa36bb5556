import { PeakEwma } from "@sekisho/lib/resilience/peak-ewma.ts";
import type { Load } from "../health.ts";
import { FirstTokenTimes } from "./first-token-times.ts";

/** A call that waits for its first content, and since when. */
export interface Waiting {
  readonly startedMs: number;
  readonly tokens: number;
}

interface FirstContent {
  readonly nowMs: number;
  /** Else it is the whole answer. */
  readonly isStream: boolean;
}

/** How busy one target is, and how long its first tokens took of late (RTE-3). */
export class TargetLoad {
  readonly #firstTokenMs = new PeakEwma();
  readonly #times = new FirstTokenTimes();
  /** In the order of their start: the first one has waited longest. */
  readonly #waiting = new Set<Waiting>();
  #inFlight = 0;
  #tokens = 0;

  begin(call: Waiting): void {
    this.#waiting.add(call);
    this.#inFlight += 1;
    this.#tokens += call.tokens;
  }

  firstToken(call: Waiting, { nowMs, isStream }: FirstContent): void {
    if (!this.#waiting.delete(call)) return;
    this.#firstTokenMs.sample(nowMs - call.startedMs, nowMs);
    // Whole answers take as long as they are: they would let streams stall for so long.
    if (isStream) this.#times.record(nowMs - call.startedMs);
  }

  /** A call that never had content was at least as slow as it is old. */
  end(call: Waiting, nowMs: number): void {
    const ageMs = nowMs - call.startedMs;
    // A refusal within a millisecond must not make the target look quick.
    if (this.#waiting.delete(call) && ageMs > this.#firstTokenMs.value(nowMs)) {
      this.#firstTokenMs.sample(ageMs, nowMs);
    }
    this.#inFlight -= 1;
    this.#tokens -= call.tokens;
  }

  /** RTE-10: as configured, or longer where the target usually is. */
  firstTokenLimitMs(configuredMs: number): number {
    return this.#times.limitMs(configuredMs);
  }

  at(nowMs: number): Load {
    const [oldest] = this.#waiting;
    const ageMs = oldest === undefined ? 0 : nowMs - oldest.startedMs;
    const firstTokenMs = Math.max(this.#firstTokenMs.value(nowMs), ageMs);
    return { inFlight: this.#inFlight, cost: firstTokenMs * (1 + this.#tokens) };
  }
}
