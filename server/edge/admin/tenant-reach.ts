import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Staff } from "@sekisho/wire/admin/staff.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/**
 * The tenant that a question is about: the one it names, else the one that its sender is bound to,
 * else null, which is all of them. Throws Failure `not_found` for a tenant out of reach, whether
 * there is such a one or not (SEC-8).
 */
export function tenantAsked(staff: Staff, named: string | null): string | null {
  if (isInReach(staff, named)) return named ?? staff.tenant;
  const message = `Cannot find tenant "${named?.slice(0, 64)}": there is none`;
  throw new Failure<Code>("not_found", message, { param: "tenant" });
}

/** May somebody see what belongs to a tenant? */
export const isInReach = (staff: Staff, tenant: string | null): boolean =>
  staff.tenant === null || tenant === null || tenant === staff.tenant;
