import type { JsonScan } from "./json-scan.ts";

/**
 * A body's bytes and what they say. What they say takes as much memory again, and more: it can be
 * forgotten, and is parsed anew when somebody asks all the same.
 */
export class ParsedBody<Body, K extends string> {
  readonly bytes: Buffer;
  readonly scan: JsonScan<K>;
  #body: Body | null;

  /** `body` is what `JSON.parse` makes of the bytes, which must not change. */
  constructor(bytes: Buffer, body: Body, scan: JsonScan<K>) {
    this.bytes = bytes;
    this.scan = scan;
    this.#body = body;
  }

  get body(): Body {
    // The same bytes say the same thing.
    this.#body ??= JSON.parse(this.bytes.toString("utf8")) as Body;
    return this.#body;
  }

  forget(): void {
    this.#body = null;
  }
}
