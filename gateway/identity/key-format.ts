import { crc32 } from "node:zlib";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { KeyRole } from "@sekisho/wire/admin/staff-roles.data.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const base = BigInt(alphabet.length);

const secretBytes = 32;
/** 62^43 is the first power above 2^256, 62^6 the first above 2^32. */
const secretLength = 43;
const checkLength = 6;

const word = "[0-9A-Za-z]";
const shape = new RegExp(
  `^(?<head>(?<prefix>ska?)_[a-z]{1,12}_(?<id>${word}{26})_${word}{43})(?<check>${word}{6})$`,
);

/** What a raw key says about itself. Nothing of it is proven before the keyring has seen it. */
export type KeyShape =
  | { readonly kind: "ours"; readonly isStaff: boolean; readonly keyId: string }
  /** Ours by its shape, but the checksum says that a character is wrong. */
  | { readonly kind: "mistyped" }
  /** Not of our making: only a secret from the configuration can look like this. */
  | { readonly kind: "foreign" };

const base62 = (value: bigint, length: number): string => {
  let rest = value;
  let text = "";
  for (let place = 0; place < length; place++) {
    text = alphabet.charAt(Number(rest % base)) + text;
    rest /= base;
  }
  return text;
};

const checksum = (head: string): string => base62(BigInt(crc32(head)), checkLength);

export interface KeyNaming {
  /** `key_` and 26 letters or digits; the 26 stand in the raw key. */
  readonly keyId: string;
  readonly role: KeyRole;
  /** Lower-case letters, at most 12: `dev`, `staging`, `prod`. */
  readonly env: string;
}

/**
 * A fresh raw key, `sk_<env>_<id>_<secret><crc>` or `ska_…` (SEC-1). The caller shows it once and
 * forgets it. Throws when the naming cannot be read back.
 */
export function mintKey(naming: KeyNaming, random: Random): string {
  const prefix = naming.role === "client" ? "sk" : "ska";
  const id = naming.keyId.slice("key_".length);
  const secret = base62(BigInt(`0x${random.bytes(secretBytes).toString("hex")}`), secretLength);
  const head = `${prefix}_${naming.env}_${id}_${secret}`;
  const raw = head + checksum(head);
  if (!shape.test(raw)) {
    throw new Error(`Cannot mint a key for ${naming.keyId} in "${naming.env}": it is out of shape`);
  }
  return raw;
}

/** Reads a raw key without any store: a typo is refused before anything is looked up. */
export function readKey(raw: string): KeyShape {
  const groups = shape.exec(raw)?.groups;
  if (groups === undefined) return { kind: "foreign" };
  const { head = "", prefix, id, check } = groups;
  if (checksum(head) !== check) return { kind: "mistyped" };
  return { kind: "ours", isStaff: prefix === "ska", keyId: `key_${id}` };
}
