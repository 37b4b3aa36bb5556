import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import type { Mutant } from "./mutant.ts";

/** The first write after a connection has drained is made so many times. */
class StumblingExchange implements Exchange {
  readonly #inner: Exchange;
  readonly #times: number;
  #hasDrained = false;

  constructor(inner: Exchange, times: number) {
    this.#inner = inner;
    this.#times = times;
  }

  get head(): Exchange["head"] {
    return this.#inner.head;
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  get isClosed(): boolean {
    return this.#inner.isClosed;
  }

  observe(observer: ExchangeObserver): void {
    this.#inner.observe({
      drained: () => {
        this.#hasDrained = true;
        observer.drained();
      },
      closed: (clean) => observer.closed(clean),
    });
  }

  trust(): void {
    this.#inner.trust();
  }

  body(limitBytes: number): Promise<Buffer> {
    return this.#inner.body(limitBytes);
  }

  respond(...answer: Parameters<Exchange["respond"]>): void {
    this.#inner.respond(...answer);
  }

  start(status: number, headers: readonly string[]): void {
    this.#inner.start(status, headers);
  }

  flushHead(): void {
    this.#inner.flushHead();
  }

  write(bytes: Uint8Array | string): boolean {
    const times = this.#hasDrained ? this.#times : 1;
    this.#hasDrained = false;
    let hasRoom = true;
    for (let time = 0; time < times; time += 1) hasRoom = this.#inner.write(bytes);
    return hasRoom;
  }

  end(): void {
    this.#inner.end();
  }

  destroy(): void {
    this.#inner.destroy();
  }
}

export const exchangeMutants: readonly Mutant[] = [
  {
    name: "repeating-pump",
    mistake: "after a full socket has drained an entry is written twice",
    exchange: (exchange) => new StumblingExchange(exchange, 2),
  },
  {
    name: "skipping-pump",
    mistake: "after a full socket has drained an entry is left out",
    exchange: (exchange) => new StumblingExchange(exchange, 0),
  },
];
