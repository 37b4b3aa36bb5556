import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

/** What a row of a chain may consist of. */
export type ChainValue = string | number | null;

/** What stands before the first row of a chain. */
export const chainStart: Uint8Array = new Uint8Array(32);

/**
 * SHA-256 over the hash of the row before and the JSON array of the row's values, which no other
 * row has: changing, dropping or moving a row changes every hash behind it.
 */
export const chainHash = (previous: Uint8Array, values: readonly ChainValue[]): Uint8Array => {
  const bytes = Buffer.concat([previous, Buffer.from(JSON.stringify(values))]);
  // By way of a string, whose bytes come out of a pool: half of what a buffer of its own takes.
  return Buffer.from(hash("sha256", bytes, "latin1"), "latin1");
};

/** Hashes as people compare them. */
export const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");

/** A hash as it is stored. A tampered file may hold anything: what are no bytes is no hash. */
export const storedHash = (value: unknown): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();

export const isSameHash = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
