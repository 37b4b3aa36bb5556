import { LiveConnection } from "../browser/live-connection.ts";
import { nowMs } from "../browser/clock.ts";
import { LiveState } from "./live-state.ts";

/** The live state as React reads it: one number that changes with every frame. */
export class LiveStore {
  readonly state = new LiveState();
  readonly #signedOut: () => void;
  readonly #listeners = new Set<() => void>();
  #version = 0;
  #connection: LiveConnection | null = null;

  constructor(signedOut: () => void) {
    this.#signedOut = signedOut;
  }

  /** 0 until the first frame. */
  readonly version = (): number => this.#version;

  /** Connects with the first subscriber and leaves with the last. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#connection ??= this.#connect();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#connection?.close();
      this.#connection = null;
    };
  };

  #connect(): LiveConnection {
    return new LiveConnection({
      began: (frame) => {
        this.state.begin(frame, nowMs());
        this.#changed();
      },
      went: (frame) => {
        this.state.apply(frame, nowMs());
        this.#changed();
      },
      // What is shown stays, and shows its age.
      lost: () => {},
      signedOut: this.#signedOut,
    });
  }

  #changed(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}
