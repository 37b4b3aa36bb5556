import { hash } from "node:crypto";

const fingerprintDigits = 8;

/** `inspect.custom`, named so that the package's types need none of Node's. */
const inspected: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** The name of a secret that may be shown: enough to tell two apart, nothing to guess one from. */
export const fingerprint = (value: string): string =>
  `secret:sha256:${hash("sha256", value).slice(0, fingerprintDigits)}`;

/**
 * A secret that cannot be written by accident (SEC-9): its text, JSON and inspect forms are a
 * fingerprint, and copies by spread or `structuredClone` are empty.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. Call it where it is sent or hashed, and nowhere else. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return fingerprint(this.#value);
  }

  toJSON(): string {
    return fingerprint(this.#value);
  }

  [inspected](): string {
    return fingerprint(this.#value);
  }
}
