import type { LogEntry } from "./log-entry.ts";

/** Kind and flag in one byte, then the length of what follows. */
const headBytes = 5;
const eventFlag = 0x80;

/**
 * Entries that follow one another as one block of bytes: for each a byte of its kind, whose highest
 * bit says that it is an event, its length (u32, big-endian) and its bytes; an event as JSON.
 */
export function encodeChunk(entries: readonly LogEntry<unknown>[]): Buffer {
  const parts: Buffer[] = [];
  for (const { kind, payload } of entries) {
    const isBytes = Buffer.isBuffer(payload);
    const bytes = isBytes ? payload : Buffer.from(JSON.stringify(payload));
    const head = Buffer.allocUnsafe(headBytes);
    head.writeUInt8(isBytes ? kind : kind | eventFlag, 0);
    head.writeUInt32BE(bytes.length, 1);
    parts.push(head, bytes);
  }
  return Buffer.concat(parts);
}

/** What `encodeChunk` made; the caller knows which events it has put in. */
export function decodeChunk<Event>(chunk: Buffer, firstSeq: number): LogEntry<Event>[] {
  const entries: LogEntry<Event>[] = [];
  for (let at = 0; at + headBytes <= chunk.length;) {
    const head = chunk.readUInt8(at);
    const start = at + headBytes;
    const end = start + chunk.readUInt32BE(at + 1);
    const bytes = chunk.subarray(start, end);
    const isEvent = (head & eventFlag) !== 0;
    // Written by encodeChunk from an event of this type.
    const payload = isEvent ? (JSON.parse(bytes.toString()) as Event) : bytes;
    entries.push({ seq: firstSeq + entries.length, kind: head & ~eventFlag, payload });
    at = end;
  }
  return entries;
}
