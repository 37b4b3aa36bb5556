import { Histogram } from "@sekisho/lib/telemetry/histogram.ts";

/** A quantile of 99.9 % says something from so many on. */
const leastSamples = 1_000;
/** Looked up again after so many more. */
const samplesPerLook = 256;
/** Then the older half is forgotten. */
const samplesPerGeneration = 10_000;
const share = 0.999;
const longestMs = 120_000;

/**
 * How long a target's first tokens took of late, so that its time-out does not cut off what is
 * usual there (RTE-10). Only targets that are often slow have a limit above the configured one.
 */
export class FirstTokenTimes {
  #older = new Histogram();
  #newer = new Histogram();
  #usualMs = 0;
  #unseen = 0;

  record(firstTokenMs: number): void {
    this.#newer.record(firstTokenMs);
    this.#unseen += 1;
    if (this.#unseen < samplesPerLook) return;
    this.#unseen = 0;
    this.#look();
  }

  /** The configured limit, or the longest that is usual where that is more; at most 120 s. */
  limitMs(configuredMs: number): number {
    return Math.max(configuredMs, Math.min(longestMs, this.#usualMs));
  }

  #look(): void {
    const all = new Histogram();
    all.merge(this.#older);
    all.merge(this.#newer);
    this.#usualMs = all.count < leastSamples ? 0 : all.quantile(share);
    if (this.#newer.count < samplesPerGeneration) return;
    this.#older = this.#newer;
    this.#newer = new Histogram();
  }
}
