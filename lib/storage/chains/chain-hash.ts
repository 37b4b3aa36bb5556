import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

/** What a row of a chain may consist of. */
export type ChainValue = string | number | null;

/** What stands before the first row of a chain. */
export const chainStart: Uint8Array = new Uint8Array(32);

/** Where the bytes of a row are put together: two buffers for each row took as long as its hash. */
const joined = Buffer.allocUnsafeSlow(8_192);

/**
 * SHA-256 over the hash of the row before and the JSON array of the row's values, which no other
 * row has: changing, dropping or moving a row changes every hash behind it.
 */
export const chainHash = (previous: Uint8Array, values: readonly ChainValue[]): Uint8Array => {
  const text = JSON.stringify(values);
  const mostBytes = previous.length + 3 * text.length;
  const bytes = mostBytes <= joined.length ? joined : Buffer.allocUnsafe(mostBytes);
  bytes.set(previous);
  const length = previous.length + bytes.write(text, previous.length);
  // By way of a string, whose bytes come out of a pool: half of what a buffer of its own takes.
  return Buffer.from(hash("sha256", bytes.subarray(0, length), "latin1"), "latin1");
};

/** Hashes as people compare them. */
export const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");

/** A hash as it is stored. A tampered file may hold anything: what are no bytes is no hash. */
export const storedHash = (value: unknown): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();

export const isSameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
