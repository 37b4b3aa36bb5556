import { Failure } from "@sekisho/lib/failure/failure.ts";
import type {
  UpstreamCall,
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamHeaders,
} from "@sekisho/lib/http/upstream.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Dice } from "../base/dice.ts";

/** What a provider sends, in order. */
export type Parcel =
  | { readonly kind: "head"; readonly status: number; readonly headers: UpstreamHeaders }
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "end" }
  | { readonly kind: "failure"; readonly code: UpstreamFailureCode };

/** *orphaned*: the caller's process died. */
export type UpstreamEnd = "ended" | "failed" | "aborted" | "orphaned";

/** Who looks on. */
export interface CallWatcher {
  paused(): void;
  resumed(): void;
  /** The parcel is about to be handed over, and was. */
  handing(parcel: Parcel): void;
  handed(parcel: Parcel): void;
  closed(end: UpstreamEnd): void;
}

export interface CallWorld {
  readonly clock: Clock;
  readonly dice: Dice;
  /** The handler threw where nobody could catch it. */
  defect(error: unknown): void;
}

/** How many parcels are on their way when the caller says stop. */
const mostOnTheirWay = 2;

/** One call: the caller's side as every `Upstream` has it, and the provider's `send`. */
export class SimulatedCall implements UpstreamCall {
  readonly #world: CallWorld;
  readonly #handler: UpstreamHandler;
  readonly #watcher: CallWatcher;
  #isOpen = true;
  #isPaused = false;
  #onTheirWay = 0;
  #held: Parcel[] = [];

  constructor(world: CallWorld, handler: UpstreamHandler, watcher: CallWatcher) {
    this.#world = world;
    this.#handler = handler;
    this.#watcher = watcher;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Would the next parcel be handed over at once? */
  get takesMore(): boolean {
    return this.#held.length === 0 && (!this.#isPaused || this.#onTheirWay > 0);
  }

  // The caller's side

  abort(): void {
    if (!this.#isOpen) return;
    this.#close("aborted");
    queueMicrotask(() => this.#tell(() => this.#handler.onFailure(failureOf("aborted"))));
  }

  pause(): void {
    if (this.#isPaused || !this.#isOpen) return;
    this.#isPaused = true;
    this.#onTheirWay = this.#world.dice.whole(0, mostOnTheirWay);
    this.#watcher.paused();
  }

  resume(): void {
    if (!this.#isPaused || !this.#isOpen) return;
    this.#isPaused = false;
    this.#world.clock.soon(() => {
      while (this.#isOpen && !this.#isPaused && this.#held.length > 0) this.#handNext();
      if (this.#isOpen && !this.#isPaused) this.#watcher.resumed();
    });
  }

  // The provider's side

  /** Hands over now, or when the caller wants more. */
  send(parcel: Parcel): void {
    if (!this.#isOpen) return;
    const isHeld = !this.takesMore;
    this.#held.push(parcel);
    if (isHeld) return;
    if (this.#isPaused) this.#onTheirWay -= 1;
    this.#handNext();
  }

  /** The caller's process died: nobody is told anything any more. */
  orphan(): void {
    if (this.#isOpen) this.#close("orphaned");
  }

  #handNext(): void {
    const parcel = this.#held.shift();
    if (parcel === undefined) return;
    this.#watcher.handing(parcel);
    switch (parcel.kind) {
      case "head":
        this.#handler.onHead(parcel.status, parcel.headers);
        break;
      case "bytes":
        this.#handler.onBytes(parcel.bytes);
        break;
      case "end":
        this.#close("ended");
        return this.#handler.onEnd();
      case "failure":
        this.#close("failed");
        return this.#handler.onFailure(failureOf(parcel.code));
    }
    this.#watcher.handed(parcel);
  }

  #close(end: UpstreamEnd): void {
    this.#isOpen = false;
    this.#held = [];
    this.#watcher.closed(end);
  }

  #tell(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#world.defect(error);
    }
  }
}

const failureOf = (code: UpstreamFailureCode): Failure<UpstreamFailureCode> =>
  new Failure(code, "The simulated call has failed");
