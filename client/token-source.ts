import type { Host } from "./host/host.ts";
import { SekishoError } from "./sekisho-error.ts";

/** A key, or a token of `POST /v1/tokens`; a function is asked again before it expires. */
export type Token = string | (() => string | Promise<string>);

/** A function that has not answered by then has failed. */
const answerMs = 30_000;
/** Failures in a row of a machine that is online: 20 to 40 s, as the client waits between them. */
const failuresLimit = 10;
/** Fresh tokens, one behind the other, of which the gateway takes none: the next is none either. */
const refusalsLimit = 5;

/** Where the client's tokens come from, and how often in vain. */
export class TokenSource {
  readonly #token: Token;
  readonly #host: Pick<Host, "after" | "isOnline">;
  #failures = 0;
  #refusals = 0;
  #stop: () => void = () => {};

  constructor(token: Token, host: Pick<Host, "after" | "isOnline">) {
    this.#token = token;
    this.#host = host;
  }

  /** Is there but one? */
  get isFixed(): boolean {
    return typeof this.#token === "string";
  }

  /** Null where none comes now. Rejects with SekishoError where it is of no use to ask again. */
  async next(): Promise<string | null> {
    if (typeof this.#token === "string") return this.#token;
    try {
      const token = await this.#asked(this.#token);
      this.#failures = 0;
      return token;
    } catch (cause) {
      // Who is offline gets no token of anybody, and is online again some time.
      if (this.#host.isOnline()) this.#failures += 1;
      if (this.#failures < failuresLimit) return null;
      this.#failures = 0;
      const why = `No token came, ${failuresLimit} times in a row`;
      throw new SekishoError("token_unavailable", why, { cause });
    } finally {
      this.#stop();
    }
  }

  /** The gateway knows who this is. */
  taken(): void {
    this.#refusals = 0;
  }

  /** The gateway did not take the last one: false where the next one would be none either. */
  refused(): boolean {
    this.#refusals += 1;
    if (!this.isFixed && this.#refusals < refusalsLimit) return true;
    this.#refusals = 0;
    return false;
  }

  /** Nobody waits for one any more. */
  close(): void {
    this.#stop();
  }

  #asked(ask: () => string | Promise<string>): Promise<string> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`No token came within ${answerMs} ms`));
      this.#stop = this.#host.after(answerMs, late);
      (async () => ask())().then(resolve, reject);
    });
  }
}
