import { Failure } from "../../failure/failure.ts";
import { Deadline, type DeadlineOwner } from "../../time/timer-wheel.ts";
import type { BodyMemory } from "./body-memory.ts";
import type { ExchangeContext } from "./exchange-context.ts";

/** Why a body could not be had. */
export type BodyFailureCode =
  | "payload_too_large"
  | "body_timeout"
  | "overloaded"
  | "client_closed"
  | "bad_request";

export const bodyFailure = (code: BodyFailureCode, fault: string): Failure<BodyFailureCode> =>
  new Failure(code, `Cannot read the body: ${fault}`);

export const tooLarge = (bytes: number, limitBytes: number): Failure<BodyFailureCode> =>
  bodyFailure("payload_too_large", `${bytes} bytes, limit ${limitBytes}`);

/**
 * Collects one request body within its limits. The exchange feeds it what the socket delivers;
 * after the first failure it ignores the rest.
 */
export class BodyReader implements DeadlineOwner {
  readonly body: Promise<Buffer>;
  readonly #context: ExchangeContext;
  readonly #limitBytes: number;
  readonly #deadline: Deadline;
  readonly #resolve: (body: Buffer) => void;
  readonly #reject: (failure: Failure) => void;
  #state: "reading" | "whole" | "failed" = "reading";
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Where what we hold is counted. */
  #memory: BodyMemory;
  /** What of the shared memory is ours; null once it was given back for good. */
  #heldBytes: number | null = 0;

  constructor(context: ExchangeContext, limitBytes: number, memory: BodyMemory) {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    this.body = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#context = context;
    this.#limitBytes = limitBytes;
    this.#memory = memory;
    this.#deadline = new Deadline(this);
    context.wheel.arm(this.#deadline, context.limits.bodyTimeoutMs);
  }

  get hasFailed(): boolean {
    return this.#state === "failed";
  }

  take(chunk: Buffer): void {
    if (this.#state !== "reading") return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limitBytes) {
      this.fail(tooLarge(this.#bytes, this.#limitBytes));
    } else if (this.#hold(this.#bytes)) {
      this.#chunks.push(chunk);
    } else {
      this.fail(this.#noRoom());
    }
  }

  finish(): void {
    if (this.#state !== "reading") return;
    this.#settle("whole");
    const first = this.#chunks[0];
    const isOne = first !== undefined && this.#chunks.length === 1;
    this.#resolve(isOne ? first : Buffer.concat(this.#chunks, this.#bytes));
    this.#chunks = [];
  }

  fail(failure: Failure<BodyFailureCode>): void {
    if (this.#state !== "reading") return;
    this.#settle("failed");
    this.#chunks = [];
    this.#hold(0);
    this.#reject(failure);
  }

  deadlinePassed(): void {
    const { bodyTimeoutMs } = this.#context.limits;
    const fault = `${this.#bytes} bytes and no end in ${bodyTimeoutMs} ms, which is the limit`;
    this.fail(bodyFailure("body_timeout", fault));
  }

  /** The sender is proven: the body counts among all bodies alone. */
  trust(): void {
    const { bodyMemory } = this.#context;
    if (this.#memory === bodyMemory) return;
    this.#memory.leaveToWhole(this.#heldBytes ?? 0);
    this.#memory = bodyMemory;
  }

  /** Counts what was decoded from the body instead of the body. Throws `overloaded`. */
  replaceWith(decoded: Buffer): Buffer {
    if (!this.#hold(decoded.length)) throw this.#noRoom();
    return decoded;
  }

  /** The exchange is over and with it the right to memory. */
  release(): void {
    // Most bodies are whole by then, and a failure with its stack would cost them 3 µs.
    if (this.#state === "reading") {
      this.fail(bodyFailure("client_closed", "the client closed the connection"));
    }
    this.#hold(0);
    this.#heldBytes = null;
  }

  #settle(state: "whole" | "failed"): void {
    this.#state = state;
    this.#context.wheel.cancel(this.#deadline);
  }

  #hold(bytes: number): boolean {
    if (this.#heldBytes === null) return true;
    if (!this.#memory.take(bytes - this.#heldBytes)) return false;
    this.#heldBytes = bytes;
    return true;
  }

  #noRoom(): Failure<BodyFailureCode> {
    const { bodyMemory, strangersMemory } = this.#context;
    const all = `all bodies hold ${bodyMemory.usedBytes} bytes, limit ${bodyMemory.limitBytes}`;
    if (this.#memory === bodyMemory) return bodyFailure("overloaded", all);
    const { usedBytes, limitBytes } = strangersMemory;
    const ofStrangers = `those of senders not proven yet ${usedBytes}, limit ${limitBytes}`;
    return bodyFailure("overloaded", `${all}; ${ofStrangers}`);
  }
}
