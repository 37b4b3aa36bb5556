import type { ConfiguredKey } from "@sekisho/gateway/identity/configured-keys.ts";
import {
  FirstRun,
  type FirstRunKeys,
  type FirstRunOpening,
} from "@sekisho/gateway/identity/first-run.ts";
import { unlimited } from "@sekisho/gateway/identity/key-limits.ts";
import type { KeyStore } from "@sekisho/gateway/identity/key-store.ts";
import { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import { Keys } from "@sekisho/gateway/identity/keys.ts";
import { JsonFirstRunFile } from "@sekisho/gateway/identity/store/first-run-file.ts";
import { SignInSeal } from "@sekisho/gateway/identity/sign-in-seal.ts";
import { PepperSeal } from "@sekisho/gateway/identity/pepper-seal.ts";
import { openPepper } from "@sekisho/gateway/identity/store/pepper-file.ts";
import { loadKeys, loadKeyUses, sqliteKeyStore } from "@sekisho/gateway/identity/store/sqlite.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { ProofSeal } from "@sekisho/wire/ai-sdk/proof.ts";
import type { AuditEntry } from "../../audit/audit-entry.ts";
import { demoTenant } from "../../config/trees/default-config.ts";
import type { Config } from "../../config/schema.ts";
import { openAudit } from "../storage/audit.ts";
import type { DataFolder } from "../storage/data-folder.ts";
import type { ProcessPorts } from "../process/process-ports.ts";
import type { Storage } from "../storage/storage.ts";

export interface Identity {
  readonly keyring: Keyring;
  readonly keys: Keys;
  readonly store: KeyStore;
  readonly firstRun: FirstRun;
  /** As `ProviderPorts`. */
  readonly sealOf: (provider: string) => ProofSeal;
  /** For sign-ins that are under way elsewhere. */
  readonly signInSeal: SignInSeal;
  /** What the first start made and nobody has rotated yet. */
  readonly shown: FirstRunKeys;
}

export interface IdentityParts extends Pick<ProcessPorts, "log"> {
  readonly folder: DataFolder;
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
}

/** Loads the keys, and makes those of the first start where there are none (SEC-11). */
export async function openIdentity(parts: IdentityParts, config: Config): Promise<Identity> {
  const { folder, storage, clock, random } = parts;
  const stored = loadKeys(storage.reader);
  const pepper = openPepper(folder.file("pepper.json"), random, { mayCreate: stored.length === 0 });
  const keyring = new Keyring(pepper, clock, { pathPrefixes: config.listen.pathPrefixes });
  const isPublic = config.listen.public;
  keyring.load(stored, { demo: !isPublic });
  keyring.uses.load(loadKeyUses(storage.reader));
  keyring.serve(tenantAddresses(config));
  keyring.configure(configuredKeys(config));
  const ids = new IdSource(clock, random);
  const store = sqliteKeyStore;
  const keys = new Keys({ keyring, store, pepper, clock, random, ids }, config.env);
  const firstRun = new FirstRun(new JsonFirstRunFile(folder.file("first-run.json")), keys, keyring);
  const hasDemo = !isPublic && config.tenants[demoTenant] !== undefined;
  const opening = firstRun.open(hasDemo ? demoTenant : null);
  await commitOpening(opening, parts, ids);
  const sealOf = (provider: string): ProofSeal => new PepperSeal(pepper, provider);
  const signInSeal = new SignInSeal(pepper, random);
  return { keyring, keys, store, firstRun, sealOf, signInSeal, shown: opening.keys };
}

/** Every tenant, and where requests of its keys may come from. */
export const tenantAddresses = ({ tenants }: Pick<Config, "tenants">) =>
  new Map(Object.entries(tenants).map(([name, { addresses }]) => [name, addresses]));

/** The keys of the first start are durable with their rows in the audit log. */
async function commitOpening(
  opening: FirstRunOpening,
  { clock, log, storage }: IdentityParts,
  ids: IdSource,
): Promise<void> {
  const { keyIds, writes } = opening;
  if (writes.length === 0) return opening.apply();
  const audit = openAudit({ clock, log, storage });
  const entries = keyIds.map((object): AuditEntry => {
    const requestId = `req_${ids.newBody()}`;
    return { event: "admin.key.created", object, by: firstStart, requestId };
  });
  await storage.writer.commit([...writes, ...entries.map((each) => audit.row(each))], "power");
  opening.apply();
  for (const entry of entries) audit.told(entry);
}

/** Nobody has asked for its keys. */
const firstStart = "first start";

/** The keys that the configuration names, their secrets as they are sent. */
export const configuredKeys = (config: Config): ConfiguredKey[] =>
  Object.entries(config.tenants).flatMap(([tenant, { keys }]) =>
    keys.map(({ id, secret, addresses, origins, ...may }) => ({
      id,
      secret: secret.reveal(),
      limits: { ...unlimited, addresses, origins },
      grant: { ...may, tenant, role: "client" as const },
    })),
  );
