export interface SpendBudgetLimits {
  /** The part of settled spend that may be spent again, exact to a hundredth of a percent. */
  readonly share: number;
  readonly startNanoUsd: number;
  /** The level never passes it. */
  readonly capNanoUsd: number;
}

const whole = 10_000;

/**
 * How much money may go into retries: a part of what was settled, to the last nano-USD. Amounts
 * are non-negative safe integers.
 */
export class SpendBudget {
  readonly #basisPoints: number;
  readonly #capNanoUsd: number;
  #leftNanoUsd: number;
  /** Ten-thousandths of a nano-USD, less than one. */
  #rest = 0;

  constructor({ share, startNanoUsd, capNanoUsd }: SpendBudgetLimits) {
    this.#basisPoints = Math.round(share * whole);
    this.#capNanoUsd = capNanoUsd;
    this.#leftNanoUsd = Math.min(startNanoUsd, capNanoUsd);
  }

  get leftNanoUsd(): number {
    return this.#leftNanoUsd;
  }

  settled(costNanoUsd: number): void {
    // Multiplied in two parts: cost × basis points would pass 2^53 at 18,000 USD.
    const ofRest = (costNanoUsd % whole) * this.#basisPoints + this.#rest;
    this.#rest = ofRest % whole;
    this.refund(Math.floor(costNanoUsd / whole) * this.#basisPoints + Math.floor(ofRest / whole));
  }

  /** Whether a retry that may cost so much may be sent; if so the money is taken. */
  take(nanoUsd: number): boolean {
    if (nanoUsd > this.#leftNanoUsd) return false;
    this.#leftNanoUsd -= nanoUsd;
    return true;
  }

  /** What was taken and not spent. */
  refund(nanoUsd: number): void {
    this.#leftNanoUsd = Math.min(this.#capNanoUsd, this.#leftNanoUsd + nanoUsd);
  }
}
