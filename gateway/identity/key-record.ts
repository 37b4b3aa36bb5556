import { operatorTenant, type Staff } from "@sekisho/wire/admin/staff.ts";
import type { KeyRole } from "@sekisho/wire/admin/staff-roles.data.ts";
import { usualBudgetStatus, type BudgetStatus } from "@sekisho/wire/budget-status.ts";
import type { Criticality } from "@sekisho/wire/criticality.ts";
import type { Principal } from "../principal.ts";
import type { KeySecret } from "./access-pair.ts";
import type { KeyLimits } from "./key-limits.ts";

/** What a key may do, and for whom. */
export interface KeyGrant {
  readonly tenant: string;
  readonly team: string | null;
  readonly role: KeyRole;
  /** Patterns of model names; `*` stands for any run of characters. */
  readonly models: readonly string[];
  readonly surfaces: readonly string[];
  /** The most that its calls may say of themselves. */
  readonly criticality: Criticality;
  /** The budget of its tenant that each of its calls must fit; null: none. */
  readonly requestBudget: string | null;
  /** How long its resumable answers run on without a reader; null: as the installation has it. */
  readonly streamGraceMs: number | null;
  /** The HTTP status of refusals by budgets; absent: 402. */
  readonly budgetStatus?: BudgetStatus;
  /** What its calls are marked with in the ledger, sorted; absent: none. */
  readonly tags?: readonly string[];
}

/** Whom an admin key stands for; null for the key of a client (SEC-17). */
export function staffOf({ role, tenant }: Pick<KeyGrant, "role" | "tenant">): Staff | null {
  if (role === "client") return null;
  return { role, tenant: tenant === operatorTenant ? null : tenant };
}

/** Where a key comes from: only `config` keys cannot be changed at run time. */
export type KeyOrigin = "first-run" | "admin" | "config";

/** A key as it is kept: everything but the raw key. */
export interface KeyRecord {
  readonly id: string;
  readonly grant: KeyGrant;
  readonly limits: KeyLimits;
  /** Free text for people. */
  readonly name: string;
  readonly origin: KeyOrigin;
  readonly secret: KeySecret;
  /** The secret before the last rotation, good until then. */
  readonly previous: (KeySecret & { readonly untilMs: number }) | null;
  /** Null for a key from the configuration. */
  readonly createdMs: number | null;
  readonly rotatedMs: number | null;
  readonly revokedMs: number | null;
}

/** The demo key of the first start: a public server does not load it (SEC-11). */
export const isDemoKey = (record: KeyRecord): boolean =>
  record.origin === "first-run" && record.grant.role === "client";

/** Of a principal: calls without tags are not even asked how many they have. */
export const markedWith = (tags: readonly string[] = []): Pick<Principal, "tags"> =>
  tags.length === 0 ? {} : { tags: Object.freeze([...tags]) };

/** The principal a key proves. One object per key, frozen, since every request shares it. */
export const principalOf = (record: KeyRecord): Principal =>
  Object.freeze({
    keyId: record.id,
    tenant: record.grant.tenant,
    team: record.grant.team,
    role: record.grant.role,
    models: Object.freeze([...record.grant.models]),
    surfaces: Object.freeze([...record.grant.surfaces]),
    criticality: record.grant.criticality,
    requestBudget: record.grant.requestBudget,
    streamGraceMs: record.grant.streamGraceMs,
    budgetStatus: record.grant.budgetStatus ?? usualBudgetStatus,
    ...markedWith(record.grant.tags),
  });

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);

/** May two keys do the same? */
export const sameGrant = (a: KeyGrant, b: KeyGrant): boolean =>
  a.tenant === b.tenant &&
  a.team === b.team &&
  a.role === b.role &&
  a.criticality === b.criticality &&
  a.requestBudget === b.requestBudget &&
  a.streamGraceMs === b.streamGraceMs &&
  (a.budgetStatus ?? usualBudgetStatus) === (b.budgetStatus ?? usualBudgetStatus) &&
  sameList(a.tags ?? [], b.tags ?? []) &&
  sameList(a.models, b.models) &&
  sameList(a.surfaces, b.surfaces);
