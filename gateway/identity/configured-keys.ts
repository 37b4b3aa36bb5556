import { Failure } from "@sekisho/lib/failure/failure.ts";
import { configuredSecretChars } from "@sekisho/wire/admin/keys.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { readKey } from "./key-format.ts";
import type { KeyGrant, KeyRecord } from "./key-record.ts";
import type { KeyLimits } from "./key-limits.ts";
import type { Pepper } from "./pepper.ts";

/** A key that the configuration names (`tenants.<tenant>.keys`), its secret already resolved. */
export interface ConfiguredKey {
  /** As in the file: unique over all tenants. */
  readonly id: string;
  readonly secret: string;
  readonly grant: KeyGrant;
  readonly limits: KeyLimits;
}

/** What an `Authorization` header carries unchanged. */
const headerSafe = /^[\x21-\x7e]+$/;

/** Ids of keys made at run time; a configured key of that name could be taken for one. */
const storedId = /^key_[0-9A-Za-z]{26}$/;

const fault = ({ id, secret }: ConfiguredKey): string | null => {
  if (storedId.test(id)) return "only keys made at run time have such ids";
  const { least, most } = configuredSecretChars;
  if (secret.length < least || secret.length > most) {
    const limits = `${least} to ${most} allowed`;
    return `its secret has ${secret.length} characters, ${limits}`;
  }
  if (!headerSafe.test(secret)) return "its secret has characters outside printable ASCII";
  if (readKey(secret).kind === "mistyped") return "the checksum of its secret does not match";
  return null;
};

const record = ({ id, grant, limits }: ConfiguredKey, secret: KeyRecord["secret"]): KeyRecord => ({
  id,
  grant,
  limits,
  name: id,
  origin: "config",
  secret,
  previous: null,
  createdMs: null,
  rotatedMs: null,
  revokedMs: null,
});

/**
 * Records of configured keys by their hash (32 bytes as latin1). Throws Failure `invalid_value` for
 * a secret that cannot be used and for two keys with one id or one secret.
 */
export function configuredRecords(
  keys: readonly ConfiguredKey[],
  pepper: Pepper,
): Map<string, KeyRecord> {
  const records = new Map<string, KeyRecord>();
  const ids = new Set<string>();
  for (const key of keys) {
    const { id, secret } = key;
    const hashed = pepper.hash(secret);
    const hmac = Buffer.from(hashed.hmac).toString("latin1");
    const twin = records.get(hmac)?.id;
    const why =
      fault(key) ??
      (ids.has(id) ? "another key has this id" : null) ??
      (twin === undefined ? null : `it has the same secret as ${twin}`);
    if (why !== null) throw new Failure<Code>("invalid_value", `Cannot load key ${id}: ${why}`);
    ids.add(id);
    records.set(hmac, record(key, { ...hashed, pair: null }));
  }
  return records;
}
