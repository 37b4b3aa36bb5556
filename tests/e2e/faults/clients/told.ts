import type { Told } from "./fault-client.ts";

/** Puts together what the events of a stream tell. */
export class ToldSum {
  #text = "";
  readonly #calls: string[] = [];
  readonly #reasons: string[] = [];
  #ends = 0;
  #error: string | null = null;

  /** Called for every event of content: nothing may be said behind the end. */
  said(text: string): void {
    this.#refuseLate("content");
    this.#text += text;
  }

  /** A tool is called; what `called` adds are its arguments. */
  call(): void {
    this.#refuseLate("a call");
    this.#calls.push("");
  }

  called(args: string): void {
    this.#refuseLate("arguments");
    const last = this.#calls.pop();
    if (last === undefined) throw new Error("The stream has arguments of no call");
    this.#calls.push(last + args);
  }

  reason(reason: string | null | undefined): void {
    if (reason === null || reason === undefined) return;
    this.#refuseLate("a reason");
    this.#reasons.push(reason);
  }

  end(): void {
    if (this.#error !== null) throw new Error("The stream ends cleanly behind its error");
    this.#ends += 1;
  }

  error(words: string): void {
    this.#refuseLate("an error");
    this.#error = words;
  }

  get told(): Told {
    return {
      text: this.#text,
      calls: this.#calls,
      reasons: this.#reasons,
      ends: this.#ends,
      error: this.#error,
    };
  }

  #refuseLate(what: string): void {
    if (this.#ends > 0) throw new Error(`The stream has ${what} behind its end`);
    if (this.#error !== null) throw new Error(`The stream has ${what} behind its error`);
  }
}

/** What a whole answer tells. */
export const toldOnce = (
  text: string,
  calls: readonly string[],
  reason: string | null | undefined,
): Told => ({
  text,
  calls,
  reasons: reason === null || reason === undefined ? [] : [reason],
  ends: 1,
  error: null,
});
