import type { JsonScan } from "./json-scan.ts";
import { insertMembers, splice, type Edit } from "./splice.ts";

/** Replaces and inserts members of a scanned body; the bytes between stay as they are (WIR-10). */
export class BodyEditor<K extends string> {
  readonly #scan: JsonScan<K>;
  readonly #edits: Edit[] = [];
  readonly #members: [key: string, value: string][] = [];

  constructor(scan: JsonScan<K>) {
    this.#scan = scan;
  }

  /** `value` is JSON. */
  set(key: K, value: string): void {
    const span = this.#scan.span(key);
    if (span === null) this.#members.push([key, value]);
    else this.#edits.push({ ...span, text: value });
  }

  applyTo(bytes: Buffer): Buffer {
    if (this.#members.length > 0) this.#edits.push(insertMembers(this.#scan, this.#members));
    return this.#edits.length === 0 ? bytes : splice(bytes, this.#edits);
  }
}
