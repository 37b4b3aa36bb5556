import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { KeyRole } from "@sekisho/wire/admin/staff-roles.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { mintPair, secretOf, type AccessPair, type KeySecret } from "./access-pair.ts";
import { mintKey, readKey } from "./key-format.ts";
import type { KeyGrant, KeyOrigin, KeyRecord } from "./key-record.ts";
import type { KeyLimits } from "./key-limits.ts";
import type { KeyStore, Rotation } from "./key-store.ts";
import type { Keyring } from "./keyring.ts";
import type { Pepper } from "./pepper.ts";

export const maxKeys = 100_000;
/** A rotated secret never outlives its successor by more. */
export const maxGraceMs = 30 * 24 * 3_600_000;

export interface KeyOrder {
  readonly grant: KeyGrant;
  readonly limits: KeyLimits;
  readonly name: string;
  readonly origin: Exclude<KeyOrigin, "config">;
}

/** The two halves of what is made at once: what is kept, and what is shown. */
interface Minted {
  readonly raw: string;
  readonly secret: KeySecret;
  readonly pair: AccessPair | null;
}

/** A change that is decided but not yet real: commit `writes`, then call `apply`. */
export interface KeyChange {
  readonly keyId: string;
  /** The raw key, to be shown once; null when the change makes none. */
  readonly raw: string | null;
  /** The AWS-style pair, to be shown once as well; null when the change makes none. */
  readonly pair: AccessPair | null;
  readonly writes: readonly Write[];
  /**
   * Makes the committed change effective in this process and returns the key as it now is. Throws
   * Failure `conflict` when the key was revoked in the meantime.
   */
  apply(): KeyRecord;
}

export interface KeysParts {
  readonly keyring: Keyring;
  readonly store: KeyStore;
  readonly pepper: Pepper;
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: IdSource;
}

/** Makes, rotates and revokes keys. It decides; the caller commits. */
export class Keys {
  readonly #parts: KeysParts;
  /** Stands in raw keys, so that people see which installation a key is for. */
  readonly #env: string;

  constructor(parts: KeysParts, env: string) {
    this.#parts = parts;
    this.#env = env;
  }

  /**
   * A key, with an AWS-style pair if asked for. Throws Failure `conflict` when there are too many
   * keys.
   */
  create(order: KeyOrder, withPair: boolean = false): KeyChange {
    const { keyring, ids } = this.#parts;
    const count = keyring.records().length;
    if (count >= maxKeys) {
      throw new Failure<Code>("conflict", `Cannot create a key: ${count} exist, limit ${maxKeys}`);
    }
    const keyId = `key_${ids.newBody()}`;
    const raw = this.#mint(keyId, order.grant.role);
    return this.#insertion(keyId, order, this.#minted(raw, withPair));
  }

  /**
   * Takes a raw key that was minted but never committed. Throws Failure `conflict` when it is not
   * of our making or its id is known.
   */
  adopt(raw: string, order: KeyOrder): KeyChange {
    const shape = readKey(raw);
    if (shape.kind !== "ours" || shape.isStaff !== (order.grant.role !== "client")) {
      throw new Failure<Code>(
        "conflict",
        `Cannot adopt ${order.name}: it is no ${order.grant.role} key`,
      );
    }
    if (this.#parts.keyring.find(shape.keyId) !== undefined) {
      throw new Failure<Code>("conflict", `Cannot adopt key ${shape.keyId}: it exists`);
    }
    return this.#insertion(shape.keyId, order, this.#minted(raw, false));
  }

  /**
   * A new secret for the same key, and a new pair if it has one: budgets and figures stay with it.
   * The secret before stays good
   * for `graceMs`, one still older ends at once. Throws Failure `not_found` or `conflict`.
   */
  rotate(keyId: string, graceMs: number = 0): KeyChange {
    const { store, clock } = this.#parts;
    const record = this.#changeable(keyId, "rotate");
    if (graceMs < 0 || graceMs > maxGraceMs) {
      const limits = `${graceMs} ms of grace, 0 to ${maxGraceMs} allowed`;
      throw new Failure<Code>("invalid_value", `Cannot rotate key ${keyId}: ${limits}`);
    }
    const minted = this.#minted(this.#mint(keyId, record.grant.role), record.secret.pair !== null);
    const { raw, secret, pair } = minted;
    const atMs = clock.wallMs();
    const previousUntilMs = graceMs === 0 ? null : atMs + graceMs;
    const rotation: Rotation = { secret, atMs, previousUntilMs };
    const writes = [store.rotate(keyId, rotation)];
    return { keyId, raw, pair, writes, apply: () => this.#applyRotation(keyId, rotation) };
  }

  /**
   * Changes where and for how long a key is good, from the next request on. Throws Failure
   * `not_found` or `conflict`.
   */
  limit(keyId: string, changes: Partial<KeyLimits>): KeyChange {
    const { store } = this.#parts;
    this.#changeable(keyId, "limit");
    const apply = (): KeyRecord => {
      const record = this.#changeable(keyId, "limit");
      return this.#put({ ...record, limits: { ...record.limits, ...changes } });
    };
    return { keyId, raw: null, pair: null, writes: [store.limit(keyId, changes)], apply };
  }

  /** Ends a key for good, at once. Throws Failure `not_found` or `conflict`. */
  revoke(keyId: string): KeyChange {
    const { store, clock } = this.#parts;
    this.#changeable(keyId, "revoke");
    const atMs = clock.wallMs();
    const apply = (): KeyRecord => {
      const record = this.#changeable(keyId, "revoke");
      return this.#put({ ...record, previous: null, revokedMs: atMs });
    };
    return { keyId, raw: null, pair: null, writes: [store.revoke(keyId, atMs)], apply };
  }

  /** Keys in the order they were made, those of the configuration first. */
  list(filter: { readonly tenant: string | null; readonly revoked: boolean }): KeyRecord[] {
    return this.#parts.keyring
      .records()
      .filter(({ grant }) => filter.tenant === null || grant.tenant === filter.tenant)
      .filter(({ revokedMs }) => filter.revoked || revokedMs === null);
  }

  #mint(keyId: string, role: KeyRole): string {
    return mintKey({ keyId, role, env: this.#env }, this.#parts.random);
  }

  #minted(raw: string, withPair: boolean): Minted {
    const { pepper, random } = this.#parts;
    const hashed = pepper.hash(raw);
    if (!withPair) return { raw, secret: { ...hashed, pair: null }, pair: null };
    const pair = mintPair(random);
    const secretAccessKey = secretOf(pair, pepper, hashed.pepper);
    const { accessKeyId } = pair;
    return { raw, secret: { ...hashed, pair }, pair: { accessKeyId, secretAccessKey } };
  }

  #insertion(keyId: string, order: KeyOrder, { raw, secret, pair }: Minted): KeyChange {
    const { clock, store } = this.#parts;
    const record: KeyRecord = {
      id: keyId,
      ...order,
      secret,
      previous: null,
      createdMs: clock.wallMs(),
      rotatedMs: null,
      revokedMs: null,
    };
    const writes = [store.insert(record)];
    return { keyId, raw, pair, writes, apply: () => this.#put(record) };
  }

  /** Works on the key as it is now: another change may have been applied during the commit. */
  #applyRotation(keyId: string, { secret, atMs, previousUntilMs }: Rotation): KeyRecord {
    const record = this.#changeable(keyId, "rotate");
    const previous =
      previousUntilMs === null ? null : { ...record.secret, untilMs: previousUntilMs };
    return this.#put({ ...record, secret, previous, rotatedMs: atMs });
  }

  #put(record: KeyRecord): KeyRecord {
    this.#parts.keyring.put(record);
    return record;
  }

  #changeable(keyId: string, verb: "rotate" | "limit" | "revoke"): KeyRecord {
    const record = this.#parts.keyring.find(keyId);
    if (record === undefined) {
      throw new Failure<Code>("not_found", `Cannot ${verb} key ${keyId}: there is none`);
    }
    if (record.origin === "config") {
      const where = "it stands in the configuration, change it there";
      throw new Failure<Code>("conflict", `Cannot ${verb} key ${keyId}: ${where}`);
    }
    if (record.revokedMs !== null) {
      throw new Failure<Code>("conflict", `Cannot ${verb} key ${keyId}: it was revoked`);
    }
    return record;
  }
}
