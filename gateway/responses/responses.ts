import { Failure } from "@sekisho/lib/failure/failure.ts";
import { LogMemory } from "@sekisho/lib/event-log/log-memory.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { Response } from "./response.ts";

const retryAfterMs = 1_000;

/** The responses under way and the calls that will have one, bounded in number and in memory. */
export class Responses {
  readonly #limit: number;
  readonly #memory: LogMemory;
  #running = 0;
  #idle: (() => void)[] = [];

  /** `memory`: of all their logs together. */
  constructor(limit: number, memory: LogMemory = new LogMemory()) {
    this.#limit = limit;
    this.#memory = memory;
  }

  get running(): number {
    return this.#running;
  }

  /**
   * Counts a call of this tenant in before it has a response. Throws Failure `overloaded` at a
   * limit: what slow readers of one tenant hold is no reason to refuse the others.
   */
  enter(tenant: string): void {
    if (this.#running >= this.#limit) {
      throw overloaded(`${this.#running} calls are under way, the limit is ${this.#limit}`);
    }
    if (!this.#memory.takes(tenant)) {
      const { heldBytes, limitBytes } = this.#memory;
      const own = `${this.#memory.heldBy(tenant)} of them of tenant "${tenant}"`;
      throw overloaded(`slow readers hold ${heldBytes} bytes, ${own}, the limit is ${limitBytes}`);
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
  open(id: string, tenant: string): Response {
    return new Response(id, () => this.leave(), this.#memory.roomOf(tenant));
  }

  /** Resolves when no call is under way: the moment to stop after a drain. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }
}

const overloaded = (why: string): Failure<Code> =>
  new Failure<Code>("overloaded", `Cannot take the request: ${why}`, { retryAfterMs });
