import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { SqlValue, Write } from "../writer.ts";

/** Writes that were durable before the database had them, and their place among all of them. */
export interface AheadBlock {
  /** From 1 up, each by one more than that of the block before. */
  readonly place: number;
  readonly writes: readonly Write[];
}

/** Of the head: how many bytes follow it, and their CRC-32. */
const headBytes = 8;

/**
 * A block as bytes. The values of its writes are texts, null, and numbers that are finite: see
 * `Write.isCertain`.
 */
export function encodeBlock({ place, writes }: AheadBlock): Buffer {
  // A text that is followed by the values of each of its writes.
  const parts: (number | string | readonly SqlValue[])[] = [place];
  let last: string | null = null;
  for (const { sql, params } of writes) {
    if (sql !== last) parts.push(sql);
    last = sql;
    parts.push(params);
  }
  const text = JSON.stringify(parts);
  const bytes = Buffer.allocUnsafe(headBytes + Buffer.byteLength(text));
  bytes.write(text, headBytes);
  bytes.writeUInt32LE(bytes.length - headBytes, 0);
  bytes.writeUInt32LE(crc32(bytes.subarray(headBytes)), 4);
  return bytes;
}

/**
 * The blocks that these bytes begin with. They end at what is none: a block that was torn, or the
 * rest of an older generation, whose places are smaller.
 */
export function decodeBlocks(bytes: Buffer): AheadBlock[] {
  const blocks: AheadBlock[] = [];
  for (let at = 0; at + headBytes <= bytes.length;) {
    const start = at + headBytes;
    const payload = bytes.subarray(start, start + bytes.readUInt32LE(at));
    const isWhole = payload.length > 0 && payload.length === bytes.readUInt32LE(at);
    if (!isWhole || crc32(payload) !== bytes.readUInt32LE(at + 4)) break;
    const block = decodeBlock(payload);
    if (block.place <= (blocks.at(-1)?.place ?? 0)) break;
    blocks.push(block);
    at = start + payload.length;
  }
  return blocks;
}

function decodeBlock(payload: Buffer): AheadBlock {
  // Its checksum holds: `encodeBlock` has written it.
  const [place, ...parts] = JSON.parse(payload.toString()) as [number, ...(string | SqlValue[])[]];
  const writes: Write[] = [];
  let sql = "";
  for (const part of parts) {
    if (typeof part === "string") sql = part;
    else writes.push({ sql, params: part });
  }
  return { place, writes };
}
