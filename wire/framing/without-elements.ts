import type { Span } from "./json-scan.ts";
import { splice, type Edit } from "./splice.ts";

/**
 * The bytes without these elements of a list in them, of which the last one stays. Every other byte
 * stays as it was (WIR-10).
 */
export function withoutElements(
  bytes: Buffer,
  elements: readonly Span[],
  gone: ReadonlySet<number>,
): Buffer {
  const edits: Edit[] = [];
  let from: number | null = null;
  for (const [index, { start }] of elements.entries()) {
    if (gone.has(index)) from ??= start;
    else if (from !== null) {
      edits.push({ start: from, end: start, text: "" });
      from = null;
    }
  }
  return edits.length === 0 ? bytes : splice(bytes, edits);
}
