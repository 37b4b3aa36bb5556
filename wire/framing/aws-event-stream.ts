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

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = (remainder & 1) === 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
  }
  return remainder;
});

/**
 * CRC-32 of the eight bytes that a prelude begins with: a quarter of what it costs to ask native
 * code about so few.
 */
export function preludeChecksum(bytes: Buffer, start: number): number {
  let crc = 0xffff_ffff;
  for (let at = start; at < start + preludeChecksumAt; at += 1) {
    crc = (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

/** CRC-32 of a message up to `end`, its own checksum left out; `prelude` is that of its prelude. */
export const messageChecksum = (
  bytes: Buffer,
  range: { readonly start: number; readonly end: number },
  prelude: number,
): number => crc32(bytes.subarray(range.start + preludeChecksumAt, range.end), prelude);
