import type { Exchange } from "@sekisho/lib/http/exchange.ts";

/**
 * Writes an answer of any length as fast as the client takes it: what is buffered is one chunk
 * above the socket's own limit.
 */
export class PacedWriter {
  readonly #exchange: Exchange;
  #wake: (() => void) | null = null;
  #isGone = false;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    exchange.observe({
      drained: () => this.#resume(),
      closed: () => {
        this.#isGone = true;
        this.#resume();
      },
    });
  }

  /** Resolves when there is room for more: false when the client is gone. */
  async write(text: string): Promise<boolean> {
    if (this.#isGone || this.#exchange.isClosed) return false;
    if (text === "" || this.#exchange.write(text)) return !this.#isGone;
    await new Promise<void>((resolve) => (this.#wake = resolve));
    return !this.#isGone;
  }

  #resume(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
