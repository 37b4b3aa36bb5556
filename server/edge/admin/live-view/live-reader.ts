import type { Exchange } from "@sekisho/lib/http/exchange.ts";

const headers: readonly string[] = [
  "content-type",
  "text/event-stream; charset=utf-8",
  "cache-control",
  "no-store",
  // Proxies that collect answers would show the page its past.
  "x-accel-buffering",
  "no",
];

/** How soon a browser comes back after a cut. */
const retry = "retry: 1000\n\n";

/**
 * One open page: `new` waits for its first frame, `current` takes each delta, `behind` has bytes
 * that its socket did not take, and `late` has taken them but has missed frames since.
 */
export class LiveReader {
  readonly #exchange: Exchange;
  readonly #isGood: () => boolean;
  #state: "new" | "current" | "behind" | "late" = "new";

  constructor(exchange: Exchange, isGood: () => boolean) {
    this.#exchange = exchange;
    this.#isGood = isGood;
  }

  /** False once its administrator is none any more. */
  get isWelcome(): boolean {
    return this.#isGood();
  }

  /** It has missed frames, and takes them again. */
  get isLate(): boolean {
    return this.#state === "late";
  }

  begin(snapshot: string): void {
    this.#exchange.start(200, headers);
    this.#write(retry + snapshot);
  }

  /** The delta, or nothing; a late one gets all that it missed, and waits until there is that. */
  send(delta: string, snapshot: string | null): void {
    if (this.#state === "current") this.#write(delta);
    else if (this.#state === "late" && snapshot !== null) this.#write(snapshot);
  }

  drained(): void {
    if (this.#state === "behind") this.#state = "late";
  }

  end(): void {
    if (this.#exchange.isClosed) return;
    if (this.#state === "new") this.#exchange.start(200, headers);
    this.#exchange.end();
  }

  /** What is buffered is bounded: one frame above the socket's own limit. */
  #write(text: string): void {
    this.#state = this.#exchange.write(text) ? "current" : "behind";
  }
}
