import { Buffer } from "node:buffer";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { HashedSecret, Pepper } from "./pepper.ts";

/** What SDKs of AWS sign with. Shown once: only the id is kept. */
export interface AccessPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A pair as it is kept: its secret comes of the salt and the pepper together (SEC-1). */
export interface StoredPair {
  readonly accessKeyId: string;
  /** 32 random bytes. */
  readonly salt: Uint8Array;
}

/** As long as those of AWS and of the same characters, and not to be taken for one of theirs. */
const idPrefix = "SKIA";
const idBytes = 10;
const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const idChars = (idBytes * 8) / 5;

const saltBytes = 32;
/** 240 bits: 40 characters of base64 without padding, as secrets of AWS have. */
const secretBytes = 30;

/** A fresh pair, without its secret: `secretOf` derives that. */
export function mintPair(random: Random): StoredPair {
  let rest = BigInt(`0x${random.bytes(idBytes).toString("hex")}`);
  let id = "";
  for (let place = 0; place < idChars; place++) {
    id = base32.charAt(Number(rest & 31n)) + id;
    rest >>= 5n;
  }
  return { accessKeyId: idPrefix + id, salt: random.bytes(saltBytes) };
}

/**
 * The pair's secret. A raw key never holds a zero byte: no stored hash of one can be such a secret,
 * and the salt of one pair is of no use in the row of another. Throws when the pepper is missing.
 */
export function secretOf({ accessKeyId, salt }: StoredPair, pepper: Pepper, version: number) {
  const label = Buffer.from(`aws4\0${accessKeyId}\0`, "latin1");
  const { hmac } = pepper.hash(Buffer.concat([label, salt]), version);
  return Buffer.from(hmac.subarray(0, secretBytes)).toString("base64");
}

/** One generation of a key's secrets: both halves are made, rotated and ended together. */
export interface KeySecret extends HashedSecret {
  /** Null for a key without an AWS-style pair. Its secret is of the pepper's same version. */
  readonly pair: StoredPair | null;
}
