import type { Outcome } from "./call-record.ts";

/** What is written: text where it can be, because joining it is cheaper. */
export type Data = string | Buffer;

/** Both, one behind the other. */
export const joined = (parts: readonly Data[]): Data =>
  parts.every((part) => typeof part === "string")
    ? parts.join("")
    : Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));

/** The head of an HTTP answer. `headers` is flat: name, value, name, value. */
export interface Head {
  readonly status: number;
  readonly headers: string[];
}

/** Many writes of one kind, made when they are due, so that a long stream is never held whole. */
export interface Frames {
  readonly length: number;
  /** The most frames that one write may join. */
  readonly batch: number;
  /** The frames [from, to) as one write. */
  slice(from: number, to: number): Data;
  /** Tokens produced once the first `count` frames are written. */
  tokensThrough(count: number): number;
}

/** One step of an answer. Dialects say what happens; the player makes it happen. */
export type Step =
  /** Waits for a release. */
  | { readonly do: "hold" }
  /** Waits while `tokens` are produced evenly. */
  | { readonly do: "wait"; readonly ms: number; readonly tokens: number }
  /** A complete answer in one write. */
  | {
      readonly do: "whole";
      readonly head: Head;
      readonly body: Data;
      readonly tokens: number;
    }
  | { readonly do: "head"; readonly head: Head }
  | { readonly do: "send"; readonly data: Data; readonly tokens: number }
  /** `framesPerSecond` null: as fast as the client reads. */
  | { readonly do: "run"; readonly frames: Frames; readonly framesPerSecond: number | null }
  /** Says nothing more until the client leaves. */
  | { readonly do: "stall" }
  | { readonly do: "end" }
  /** Ends the connection, not the answer. */
  | { readonly do: "cut"; readonly how: "fin" | "rst" };

export interface Script {
  readonly steps: readonly Step[];
  /** What becomes of the call when the client stays to the end of the script. */
  readonly outcome: Exclude<Outcome, "client_gone">;
}

/** The same data again and again, each time worth as many tokens. */
export class RepeatedFrames implements Frames {
  readonly length: number;
  readonly batch: number;
  readonly #data: Data;
  readonly #tokensEach: number;

  constructor(data: Data, length: number, tokensEach: number) {
    this.#data = data;
    this.length = length;
    this.batch = typeof data === "string" ? 256 : 1;
    this.#tokensEach = tokensEach;
  }

  slice(from: number, to: number): Data {
    const data = this.#data;
    return typeof data === "string" ? data.repeat(to - from) : data;
  }

  tokensThrough(count: number): number {
    return count * this.#tokensEach;
  }
}
