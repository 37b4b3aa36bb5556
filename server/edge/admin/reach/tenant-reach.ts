import { probeTenant } from "@sekisho/gateway/probing/probe-question.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Staff } from "@sekisho/wire/admin/staff.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import { nearestOf } from "./nearest-of.ts";

/** Where tenants are known from. */
type TenantBooks = Pick<AdminContext, "config" | "keys" | "ledger">;

/**
 * The tenant that a question is about: the one it names, else the one that its sender is bound to,
 * else null, which is all of them. Throws Failure `not_found` for a tenant out of reach, whether
 * there is such a one or not (SEC-8), and for one that nobody has heard of: a name that is spelt
 * wrong looks like one that has called nothing.
 */
export function tenantAsked(staff: Staff, named: string | null, books: TenantBooks): string | null {
  const tenant = tenantInReach(staff, named);
  if (tenant === null || tenant === staff.tenant || isKnown(tenant, books)) return tenant;
  const configured = Object.keys(books.config.config.tenants);
  const nearest = configured.length === 0 ? "" : nearestOf(tenant, configured);
  throw noTenant(tenant, nearest);
}

/** The same for who asks for a tenant by which there may be nothing yet. */
export function tenantInReach(staff: Staff, named: string | null): string | null {
  if (isInReach(staff, named)) return named ?? staff.tenant;
  throw noTenant(named ?? "");
}

/** May somebody see what belongs to a tenant? */
export const isInReach = (staff: Staff, tenant: string | null): boolean =>
  staff.tenant === null || tenant === null || tenant === staff.tenant;

/** One that has left the configuration may still have keys, and calls in the books. */
const isKnown = (tenant: string, { config, keys, ledger }: TenantBooks): boolean =>
  Object.hasOwn(config.config.tenants, tenant) ||
  tenant === probeTenant ||
  keys.list({ tenant, revoked: true }).length > 0 ||
  ledger.hasTenant(tenant);

const maxShownChars = 64;

const noTenant = (tenant: string, nearest: string = ""): Failure<Code> => {
  const message = `Cannot find tenant "${tenant.slice(0, maxShownChars)}": there is none${nearest}`;
  return new Failure<Code>("not_found", message, { param: "tenant" });
};
