import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { KeySecret } from "./access-pair.ts";
import type { KeyLimits } from "./key-limits.ts";
import type { KeyRecord } from "./key-record.ts";

export interface Rotation {
  readonly secret: KeySecret;
  readonly atMs: number;
  /** Until when the secret before stays good; null when it ends at once. */
  readonly previousUntilMs: number | null;
}

/**
 * Where keys are kept. Each change is one write that the caller commits, at power durability. A
 * change of a revoked key does nothing, whatever order changes arrive in.
 */
export interface KeyStore {
  insert(record: KeyRecord): Write;
  rotate(keyId: string, rotation: Rotation): Write;
  /** Changes what is named, and nothing else. */
  limit(keyId: string, changes: Partial<KeyLimits>): Write;
  /** When it was used last; one that is earlier than what is known changes nothing. */
  used(keyId: string, atMs: number): Write;
  revoke(keyId: string, atMs: number): Write;
}
