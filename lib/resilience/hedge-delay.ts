/** So many of the latest samples count. */
const kept = 256;
/** Fewer say nothing of a quantile of 95 %. */
const least = 50;
/** Looked at again after so many more. */
const samplesPerLook = 16;
const quantile = 0.95;
/** A sample beyond so many times the median waited for what a hedge is against … */
const stallTimes = 3;
/** … and where more than this share of them did, second attempts are for those alone. */
const stallShare = 0.02;
/**
 * Of the median, on top of the longest sample that is no stall: one wait of 256 is longer than all
 * before it, and what it would spend on itself a stalled one would lack.
 */
const stallMargin = 0.25;

/**
 * How long the other side's answers are waited for before a second one is asked: the 95th
 * percentile of the latest samples. Where some are stalled it is the longest that is not, and a
 * margin: with 5 % of them the percentile is a stall itself, for which nobody need wait, and with
 * fewer it lies among those that are merely slow and would use up what second attempts may come to.
 * A wait that was cut short counts as a stall: nobody knows how long it would have been.
 */
export class HedgeDelay {
  readonly #samples = new Float64Array(kept);
  #count = 0;
  #delayMs: number | null = null;

  /** Null before there are 50 samples, and where half of them are stalls. */
  get delayMs(): number | null {
    return this.#delayMs;
  }

  /** Infinity for a wait that was cut short. */
  sample(ms: number): void {
    this.#samples[this.#count % kept] = ms;
    this.#count += 1;
    if (this.#count >= least && (this.#count - least) % samplesPerLook === 0) this.#look();
  }

  #look(): void {
    const sorted = this.#samples.slice(0, Math.min(this.#count, kept)).sort();
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    const medianMs = at(0.5);
    const usualMs = stallTimes * medianMs;
    const longestMs = sorted.findLast((ms) => ms <= usualMs) ?? 0;
    const hasStalls = at(1 - stallShare) > usualMs;
    const stallMs = Math.min(usualMs, longestMs + stallMargin * medianMs);
    const delayMs = hasStalls ? stallMs : at(quantile);
    this.#delayMs = Number.isFinite(delayMs) ? delayMs : null;
  }
}
