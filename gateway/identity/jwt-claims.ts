import { Failure } from "@sekisho/lib/failure/failure.ts";
import { operatorTenant } from "@sekisho/wire/admin/staff.ts";
import { staffRoles, type StaffRole } from "@sekisho/wire/admin/staff-roles.data.ts";
import type { BudgetStatus } from "@sekisho/wire/budget-status.ts";
import { usualCriticality, type Criticality } from "@sekisho/wire/criticality.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Principal } from "../principal.ts";
import { markedWith } from "./key-record.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** Whom the tokens of an issuer stand for when they call models. */
export interface ClientMapping {
  readonly kind: "clients";
  /** The tenant of all of them, or the claim that names it: one of the two. */
  readonly tenant: string | null;
  readonly tenantClaim: string | null;
  readonly teamClaim: string | null;
  readonly userClaim: string;
  /** Null: `models` are for all. */
  readonly modelsClaim: string | null;
  readonly models: readonly string[];
  readonly surfaces: readonly string[];
  readonly criticality: Criticality;
  readonly requestBudget: string | null;
  readonly streamGraceMs: number | null;
  /** Absent: 402. */
  readonly budgetStatus?: BudgetStatus;
  readonly tags?: readonly string[];
}

/** Whom they stand for when they use the admin API. */
export interface StaffMapping {
  readonly kind: "staff";
  readonly rolesClaim: string;
  /** What a claim says to the role that it means. */
  readonly roles: Readonly<Record<string, StaffRole>>;
  /** Null: they act for the whole installation. */
  readonly tenantClaim: string | null;
  readonly userClaim: string;
}

export type ClaimMapping = ClientMapping | StaffMapping;

const idShape = /^[\x21-\x7e]{1,128}$/;

const refused = (why: string): Failure<Code> =>
  new Failure<Code>("forbidden", `Cannot accept the token: ${why}`);

/** A claim by its name, or by names of objects within one another: `realm_access.roles`. */
export function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    if (!Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

/** A claim that names somebody. Throws Failure `forbidden` where it is absent or no name. */
function nameIn(claims: Claims, name: string): string {
  const value = claimOf(claims, name);
  if (typeof value === "string" && idShape.test(value)) return value;
  throw refused(`its claim ${name} is not 1 to 128 visible ASCII characters`);
}

/** Names of a claim: one, or a list. What is no name counts for nothing. */
function namesIn(claims: Claims, name: string): readonly string[] {
  const value = claimOf(claims, name);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === "string");
}

/**
 * Who a proven token stands for. Whether there is such a tenant is the keyring's to say. Throws
 * Failure `forbidden` where a claim that is needed is not there: nothing wider takes its place.
 */
export function principalIn(claims: Claims, issuer: string, mapping: ClaimMapping): Principal {
  return Object.freeze(
    mapping.kind === "staff" ? staffIn(claims, issuer, mapping) : clientIn(claims, issuer, mapping),
  );
}

function clientIn(claims: Claims, issuer: string, mapping: ClientMapping): Principal {
  const { tenantClaim, teamClaim, userClaim, modelsClaim } = mapping;
  const tenant = tenantClaim === null ? mapping.tenant : nameIn(claims, tenantClaim);
  if (tenant === null || tenant === operatorTenant) throw refused("it names no tenant");
  const models = modelsClaim === null ? mapping.models : namesIn(claims, modelsClaim);
  if (models.length === 0) throw refused(`its claim ${modelsClaim} names no model`);
  return {
    // One for a tenant of an issuer: users come and go, and budgets of keys are few.
    keyId: `oidc:${issuer}:${tenant}`,
    tenant,
    team: teamClaim === null ? null : nameIn(claims, teamClaim),
    role: "client",
    models,
    surfaces: mapping.surfaces,
    criticality: mapping.criticality,
    requestBudget: mapping.requestBudget,
    streamGraceMs: mapping.streamGraceMs,
    ...(mapping.budgetStatus === undefined ? {} : { budgetStatus: mapping.budgetStatus }),
    ...markedWith(mapping.tags),
    bound: { user: nameIn(claims, userClaim), session: null },
  };
}

function staffIn(claims: Claims, issuer: string, mapping: StaffMapping): Principal {
  const { rolesClaim, roles, tenantClaim, userClaim } = mapping;
  const said = new Set(namesIn(claims, rolesClaim));
  const held = Object.keys(roles).filter((name) => said.has(name));
  const role = staffRoles.find((each) => held.some((name) => roles[name] === each));
  if (role === undefined) throw refused(`nothing in its claim ${rolesClaim} stands for a role`);
  const tenant = tenantClaim === null ? operatorTenant : nameIn(claims, tenantClaim);
  if (tenantClaim !== null && tenant === operatorTenant) throw refused("it names no tenant");
  const none = {
    team: null,
    models: [],
    criticality: usualCriticality,
    requestBudget: null,
    streamGraceMs: null,
  };
  const keyId = `oidc:${issuer}:${nameIn(claims, userClaim)}`;
  return { ...none, keyId, tenant, role, surfaces: ["admin"] };
}
