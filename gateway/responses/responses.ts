import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { Response } from "./response.ts";

/** The responses under way and the calls that will have one, bounded in number. */
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

  /** Counts a call in before it has a response. Throws Failure `overloaded` at the limit. */
  enter(): void {
    if (this.#running >= this.#limit) {
      throw new Failure<Code>(
        "overloaded",
        `Cannot take the request: ${this.#running} calls are under way, the limit is ` +
          `${this.#limit}`,
        { retryAfterMs: 1_000 },
      );
    }
    this.#running += 1;
  }

  /** Counts a call out that was refused before it had a response. */
  leave(): void {
    this.#running -= 1;
    if (this.#running > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  /** The response of a call that was counted in; its end counts the call out. */
  open(id: string): Response {
    return new Response(id, () => this.leave());
  }

  /** Resolves when no call is under way: the moment to stop after a drain. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}
