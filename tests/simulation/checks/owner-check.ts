import type { IntentRow } from "@sekisho/gateway/ledger/ledger.ts";
import type { Row } from "@sekisho/lib/storage/reader.ts";
import { Violation } from "../base/violation.ts";
import type { GatewayPlan, KeyPlan, TenantPlan } from "../scenario/gateway-plan.ts";
import type { CallRows } from "./ledger-check.ts";

/** Whose request it was: the key that its client bore, and the tenant that this one is of. */
export interface Owner {
  readonly tenant: string;
  readonly key: KeyPlan;
}

export function ownerOf(key: KeyPlan, { tenants }: GatewayPlan): Owner {
  const isOf = ({ keys }: TenantPlan): boolean => keys.some(({ id }) => id === key.id);
  const tenant = tenants.find(isOf);
  if (tenant === undefined) throw new Violation("world", `no tenant has the key ${key.id}`);
  return { tenant: tenant.name, key };
}

/** SEC-8: a call spends for whoever has made it, and from no account of anybody else. */
export function checkSpender(n: number, owner: Owner, { subject, accounts }: IntentRow): void {
  checkNames(n, owner, [subject.tenant, subject.team, subject.key]);
  for (const { account } of accounts) {
    const [scope = "", whose = ""] = account.split(":");
    const mine = scope === "key" ? owner.key.id : owner.tenant;
    if (whose.split("/")[0] === mine) continue;
    throw new Violation("SEC-8", `request ${n} of ${mine} spends from ${account}`);
  }
}

/** SEC-8: so do its rows. */
export function checkRowsOwner(n: number, owner: Owner, { response, attempts }: CallRows): void {
  for (const row of [response, ...attempts]) {
    checkNames(n, owner, [row["tenant"], row["team"], row["key"]]);
  }
}

function checkNames(
  n: number,
  { tenant, key }: Owner,
  booked: readonly (Row[string] | undefined)[],
): void {
  const right = [tenant, key.team, key.id].join(" ");
  const said = booked.join(" ");
  if (said === right) return;
  throw new Violation("SEC-8", `request ${n} of "${right}" is booked to "${said}"`);
}
