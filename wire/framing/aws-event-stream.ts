import { crc32 } from "node:zlib";

/** `application/vnd.amazon.eventstream`: the content type of such an answer. */
export const awsEventStreamType = "application/vnd.amazon.eventstream";

/** The format's own limits. */
export const maxMessageBytes = 16 * 1024 * 1024;
export const maxHeaderBytes = 128 * 1024;

/** Total length, headers' length, and the checksum of both: four bytes each. */
export const preludeBytes = 12;
export const checksumBytes = 4;
/** What a message has around its headers and its payload. */
export const overheadBytes = preludeBytes + checksumBytes;

/** Where in a prelude its checksum stands. */
const preludeChecksumAt = 8;

/**
 * More bytes are native code's: for the 170 of a usual delta that takes 1.4 times as long, with the
 * view of them that it wants.
 */
const ownBytes = 256;

/** Eight tables: a byte's part in the sum when so many others come behind it. */
const tables = crcTables();

function crcTables(): Int32Array {
  const all = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      remainder = (remainder & 1) === 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
    }
    all[byte] = remainder;
  }
  for (let at = 256; at < all.length; at += 1) {
    const before = all[at - 256] ?? 0;
    all[at] = (before >>> 8) ^ (all[before & 0xff] ?? 0);
  }
  return all;
}

/** CRC-32, eight bytes at a time, the first of them through the last table. */
function ownCrc32(bytes: Buffer, { start, end }: ByteRange, seed: number): number {
  let crc = ~seed;
  let at = start;
  for (; at + 7 < end; at += 8) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      tables[1792 + (crc & 0xff)]! ^
      tables[1536 + ((crc >>> 8) & 0xff)]! ^
      tables[1280 + ((crc >>> 16) & 0xff)]! ^
      tables[1024 + (crc >>> 24)]! ^
      tables[768 + bytes[at + 4]!]! ^
      tables[512 + bytes[at + 5]!]! ^
      tables[256 + bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!;
  }
  for (; at < end; at += 1) crc = tables[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** CRC-32 of the eight bytes that a prelude begins with. */
export const preludeChecksum = (bytes: Buffer, start: number): number =>
  ownCrc32(bytes, { start, end: start + preludeChecksumAt }, 0);

/** CRC-32 of a message up to `end`, its own checksum left out; `prelude` is that of its prelude. */
export const messageChecksum = (bytes: Buffer, range: ByteRange, prelude: number): number => {
  const start = range.start + preludeChecksumAt;
  const { end } = range;
  return end - start <= ownBytes
    ? ownCrc32(bytes, { start, end }, prelude)
    : crc32(bytes.subarray(start, end), prelude);
};

/** CRC-32 of a whole message whose checksum, the last four bytes of it, is `checksum`. */
export const wholeChecksum = (bytes: Buffer, end: number, checksum: number): number =>
  ownCrc32(bytes, { start: end - checksumBytes, end }, checksum);
