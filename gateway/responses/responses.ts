import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { Response } from "./response.ts";

/** The responses under way, bounded in number. */
export class Responses {
  readonly #limit: number;
  #running = 0;
  #idle: (() => void)[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  /** Throws Failure `overloaded` at the limit. */
  check(): void {
    if (this.#running < this.#limit) return;
    throw new Failure<Code>(
      "overloaded",
      `Cannot take the request: ${this.#running} responses are under way, the limit is ` +
        `${this.#limit}`,
      { retryAfterMs: 1_000 },
    );
  }

  open(id: string): Response {
    this.#running += 1;
    return new Response(id, () => this.#closed());
  }

  /** Resolves when no response is under way: the moment to stop after a drain. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #closed(): void {
    this.#running -= 1;
    if (this.#running > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }
}
