import type { Exchange, ExchangeObserver } from "./exchange.ts";
import type { CheckedHarness, HarnessCheck } from "./checked-harness.ts";

/** What a client sends. `body` null leaves the request open for `send` and `finish`. */
export interface ClientRequest {
  readonly method: string;
  readonly target: string;
  /** Flat: name, value, name, value. The client adds what its protocol demands. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
}

/** The client's side of one exchange. */
export interface ClientCall {
  /** More of an open body. */
  send(bytes: Buffer): void;
  finish(): void;
  /** Rejects when the connection ended without a head. */
  readonly head: Promise<{ status: number; headers: ReadonlyMap<string, string> }>;
  /** "whole" only when nothing of the answer can be missing. */
  readonly outcome: Promise<"whole" | "cut">;
  readonly received: Buffer;
  /** Resolves when at least that many bytes of the answer's body were received. */
  receive(bytes: number): Promise<void>;
  stopReading(): void;
  readOn(): void;
  /** Goes away without a word. */
  leave(): void;
}

/** A client and the server side under test. */
export interface ExchangeHarness extends CheckedHarness {
  /** Resolves with both sides when the server has the head. */
  call(request: ClientRequest): Promise<{ exchange: Exchange; client: ClientCall }>;
}

export type ExchangeCheck = HarnessCheck<ExchangeHarness>;

/** Records what an exchange tells its owner. */
export class RecordingObserver implements ExchangeObserver {
  drains = 0;
  readonly closes: boolean[] = [];
  readonly closing = Promise.withResolvers<boolean>();
  #onDrain: (() => void) | null = null;

  drained(): void {
    this.drains += 1;
    this.#onDrain?.();
  }

  closed(clean: boolean): void {
    this.closes.push(clean);
    this.closing.resolve(clean);
  }

  nextDrain(): Promise<void> {
    return new Promise((resolve) => {
      this.#onDrain = resolve;
    });
  }
}

export const get: ClientRequest = {
  method: "GET",
  target: "/",
  headers: [],
  body: Buffer.alloc(0),
};
