import type { Span } from "./json-scan.ts";
import { splice, type Edit } from "./splice.ts";

/** Which elements of a list go, and what stands in the place of the first of them. */
export interface Replaced {
  readonly gone: ReadonlySet<number>;
  /** Elements with a comma behind each, or nothing. */
  readonly instead: string;
}

/**
 * The bytes without these elements of a list in them, of which the last one stays. Every other byte
 * stays as it was (WIR-10).
 */
export function withoutElements(
  bytes: Buffer,
  elements: readonly Span[],
  { gone, instead }: Replaced,
): Buffer {
  const edits: Edit[] = [];
  let from: number | null = null;
  for (const [index, { start }] of elements.entries()) {
    if (gone.has(index)) from ??= start;
    else if (from !== null) {
      edits.push({ start: from, end: start, text: edits.length === 0 ? instead : "" });
      from = null;
    }
  }
  return edits.length === 0 ? bytes : splice(bytes, edits);
}
