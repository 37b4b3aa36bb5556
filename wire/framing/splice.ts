import { Buffer } from "node:buffer";

import type { JsonScan, Span } from "./json-scan.ts";

/** `text` in place of the bytes of a span; an empty span is an insertion. */
export interface Edit extends Span {
  readonly text: string;
}

/**
 * Every other byte stays as it was (WIR-10). Edits may not overlap; their order does not matter.
 */
export function splice(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const ordered = edits.toSorted((a, b) => a.start - b.start);
  let length = bytes.length;
  for (const edit of ordered) length += Buffer.byteLength(edit.text) - (edit.end - edit.start);
  const spliced = Buffer.allocUnsafe(length);
  let from = 0;
  let to = 0;
  for (const edit of ordered) {
    to += bytes.copy(spliced, to, from, edit.start);
    to += spliced.write(edit.text, to);
    from = edit.end;
  }
  bytes.copy(spliced, to, from);
  return spliced;
}

/** Adds members at the start of the scanned object; `value` is JSON. */
export function insertMembers<K extends string>(
  scan: JsonScan<K>,
  members: readonly (readonly [key: string, value: string])[],
): Edit {
  const text = members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",");
  const comma = scan.isEmpty || members.length === 0 ? "" : ",";
  return { start: scan.open, end: scan.open, text: text + comma };
}
