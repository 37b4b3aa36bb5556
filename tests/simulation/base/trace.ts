import { createHash } from "node:crypto";

/** Text that waits to be hashed; one update for many lines is much cheaper. */
const pendingChars = 65_536;

/** Everything observable that happened in a world, as a hash and, when asked for, as lines. */
export class Trace {
  readonly #hash = createHash("sha256");
  readonly #lines: string[] | null;
  #pending = "";

  constructor(keepsLines: boolean) {
    this.#lines = keepsLines ? [] : null;
  }

  add(line: string): void {
    this.#pending += `${line}\n`;
    if (this.#pending.length > pendingChars) this.#flush();
    this.#lines?.push(line);
  }

  get lines(): readonly string[] {
    return this.#lines ?? [];
  }

  /** Of all lines so far; nothing may be added afterwards. */
  digest(): string {
    this.#flush();
    return this.#hash.digest("hex");
  }

  #flush(): void {
    this.#hash.update(this.#pending);
    this.#pending = "";
  }
}
