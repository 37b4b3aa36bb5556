/** A provider that writes less at a time streams characters, not tokens. */
const leastPieceBytes = 2;
/** So many bytes are a token at least, in nearly any text of some length. */
const tokenBytes = 4;

/**
 * Counts what a running answer has said at least, piece by piece: a provider that keeps to the cap
 * that it was sent never says more, so one that does can be cut (MON-7).
 */
export class OutputMeter {
  readonly #boundTokens: number;
  #pieces = 0;
  #bytes = 0;

  constructor(boundTokens: number) {
    this.#boundTokens = boundTokens;
  }

  /**
   * With one more piece of content, told how many bytes were said by now and how many tokens the
   * provider counts: is it surely more than was set aside?
   */
  isOver(saidBytes: number, countedTokens = 0): boolean {
    // Signatures and citations are content without a word.
    if (saidBytes === this.#bytes) return false;
    this.#bytes = saidBytes;
    this.#pieces += 1;
    if (this.#pieces <= this.#boundTokens && countedTokens <= this.#boundTokens) return false;
    // Also asked where the provider counts: what it says may be absurd.
    const isLong = saidBytes > tokenBytes * this.#boundTokens;
    return (
      isLong || (this.#pieces > this.#boundTokens && this.#pieces * leastPieceBytes <= saidBytes)
    );
  }
}
