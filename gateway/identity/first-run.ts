import type { Write } from "@sekisho/lib/storage/writer.ts";
import { operatorTenant } from "@sekisho/wire/admin/staff.ts";
import { usualCriticality } from "@sekisho/wire/criticality.ts";
import { readKey } from "./key-format.ts";
import { unlimited } from "./key-limits.ts";
import type { KeyGrant } from "./key-record.ts";
import type { Keyring } from "./keyring.ts";
import type { KeyChange, KeyOrder, Keys } from "./keys.ts";

/** Raw keys as they stand in the first-run file; null for one that is not, or no longer, there. */
export interface FirstRunKeys {
  readonly demoKey: string | null;
  readonly adminKey: string | null;
}

/** The one place where raw keys rest, readable by the owner of the data folder alone. */
export interface FirstRunFile {
  /** Null when there is no file. Throws when it cannot be read or understood. */
  read(): FirstRunKeys | null;
  /** Durable when it returns: whole, or not at all. */
  write(keys: FirstRunKeys): void;
  remove(): void;
}

export interface FirstRunOpening {
  /** What to print at this start. */
  readonly keys: FirstRunKeys;
  /** Of the keys that the writes make. */
  readonly keyIds: readonly string[];
  readonly writes: readonly Write[];
  /** After the commit. */
  apply(): void;
}

const idOf = (raw: string): string | null => {
  const shape = readKey(raw);
  return shape.kind === "ours" ? shape.keyId : null;
};

/** Never written by us: an operator who lost every admin key leaves such a file. */
const isEmpty = ({ demoKey, adminKey }: FirstRunKeys): boolean =>
  demoKey === null && adminKey === null;

const orderOf = (role: "client" | "owner", tenant: string): KeyOrder => {
  const [models, surfaces, name] =
    role === "owner" ? [[], ["admin"], "first admin"] : [["*"], ["*"], "demo"];
  const grant: KeyGrant = {
    tenant,
    team: null,
    role,
    models,
    surfaces,
    criticality: usualCriticality,
    requestBudget: null,
    streamGraceMs: null,
  };
  return { grant, limits: unlimited, name, origin: "first-run" };
};

/**
 * The keys that exist before anybody made one (SEC-11). The file is written before the commit and
 * its keys are adopted when the store does not know them: a crash between the two locks nobody out.
 */
export class FirstRun {
  readonly #file: FirstRunFile;
  readonly #keys: Keys;
  readonly #keyring: Keyring;

  constructor(file: FirstRunFile, keys: Keys, keyring: Keyring) {
    this.#file = file;
    this.#keys = keys;
    this.#keyring = keyring;
  }

  /**
   * Call at each start, when the stored keys are loaded. Makes an owner's key when there is none or
   * when an empty file asks for one, and, at the very first start, a demo key. `demoTenant` null:
   * the server is public, no demo key is made, adopted or shown.
   */
  open(demoTenant: string | null): FirstRunOpening {
    const found = this.#file.read();
    const isFirst =
      found === null && this.#keyring.records().every((key) => key.origin === "config");
    const changes: KeyChange[] = [];
    const admin = this.#settle(found?.adminKey ?? null, orderOf("owner", operatorTenant), {
      mint: !this.#hasOwner() || (found !== null && isEmpty(found)),
      changes,
    });
    const demo =
      demoTenant === null
        ? null
        : this.#settle(found?.demoKey ?? null, orderOf("client", demoTenant), {
            mint: isFirst,
            changes,
          });
    const kept = demoTenant === null ? (found?.demoKey ?? null) : demo;
    this.#save(found, { demoKey: kept, adminKey: admin });
    return {
      keys: { demoKey: demo, adminKey: admin },
      keyIds: changes.map(({ keyId }) => keyId),
      writes: changes.flatMap((change) => change.writes),
      apply: () => changes.forEach((change) => change.apply()),
    };
  }

  /** Takes a key out of the file, since it was rotated or revoked. The last one takes the file. */
  forget(keyId: string): void {
    const found = this.#file.read();
    if (found === null) return;
    const keep = (raw: string | null): string | null =>
      raw !== null && idOf(raw) === keyId ? null : raw;
    this.#save(found, { demoKey: keep(found.demoKey), adminKey: keep(found.adminKey) });
  }

  /** The demo key while it is good and nobody has rotated it, for whoever is shown a first call. */
  demoKey(): string | null {
    const raw = this.#file.read()?.demoKey ?? null;
    return raw !== null && this.#isGood(raw) ? raw : null;
  }

  /** The key to show: the one in the file while it is good, else a new one if `mint` says so. */
  #settle(
    raw: string | null,
    order: KeyOrder,
    to: { readonly mint: boolean; readonly changes: KeyChange[] },
  ): string | null {
    const shape = readKey(raw ?? "");
    if (
      raw !== null &&
      shape.kind === "ours" &&
      shape.isStaff === (order.grant.role !== "client")
    ) {
      if (this.#keyring.find(shape.keyId) === undefined) {
        to.changes.push(this.#keys.adopt(raw, order));
        return raw;
      }
      if (this.#isGood(raw)) return raw;
    }
    if (!to.mint) return null;
    const change = this.#keys.create(order);
    to.changes.push(change);
    return change.raw;
  }

  #isGood(raw: string): boolean {
    try {
      this.#keyring.authenticate(raw, null);
      return true;
    } catch {
      return false;
    }
  }

  /** Somebody who may do everything, everywhere. */
  #hasOwner(): boolean {
    return this.#keyring.records().some(({ id, grant }) => {
      const isOwner = grant.role === "owner" && grant.tenant === operatorTenant;
      return isOwner && this.#keyring.isHeld(id);
    });
  }

  #save(found: FirstRunKeys | null, keys: FirstRunKeys): void {
    if (found?.demoKey === keys.demoKey && found.adminKey === keys.adminKey) return;
    if (!isEmpty(keys)) this.#file.write(keys);
    else if (found !== null) this.#file.remove();
  }
}
