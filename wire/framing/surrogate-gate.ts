const replacement = "\ufffd";

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

/**
 * Text deltas in, well-formed text out: the first half of a surrogate pair at the end of a delta is
 * held back until the next one brings the other (WIR-6). A half without its other becomes U+FFFD.
 */
export class SurrogateGate {
  #held = "";

  push(delta: string): string {
    if (delta === "") return "";
    let text = this.#held + delta;
    this.#held = "";
    if (isHigh(text.charCodeAt(text.length - 1))) {
      this.#held = text.slice(-1);
      text = text.slice(0, -1);
    }
    return text.toWellFormed();
  }

  /** The text is over: what was held back never got its other half. */
  flush(): string {
    if (this.#held === "") return "";
    this.#held = "";
    return replacement;
  }
}
