import type { KeyRecord } from "@sekisho/gateway/identity/key-record.ts";
import { staffOf } from "@sekisho/gateway/identity/key-record.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { isAtLeast, mayDo, type Staff } from "@sekisho/wire/admin/staff.ts";
import type { StaffRole } from "@sekisho/wire/admin/staff-roles.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminRequest } from "../admin-request.ts";
import { checkPermission } from "./check-permission.ts";
import { isInReach } from "./tenant-reach.ts";

type Asker = Pick<AdminRequest, "staff" | "by">;

/** Is it in a list that somebody asks for? Of admin keys the lesser roles see their own. */
export function isListed({ staff, by }: Asker, { id, grant }: KeyRecord): boolean {
  const isStaffKey = grant.role !== "client";
  return isInReach(staff, grant.tenant) && (!isStaffKey || mayDo(staff, "staff.read") || id === by);
}

/**
 * The key that a request wants to change. Throws Failure `not_found` for one of another tenant,
 * the same as for one that is not there (SEC-8), and `forbidden` for an admin key that is not its
 * sender's to change. `own`: may it be the sender's own, whatever their role?
 */
export function keyToChange(
  { staff, by, parameters }: Asker & Pick<AdminRequest, "parameters">,
  { keyring }: Pick<AdminContext, "keyring">,
  { own }: { readonly own: boolean },
): string {
  const id = parameters["id"] ?? "";
  const record = keyring.find(id);
  if (record === undefined || !isInReach(staff, record.grant.tenant)) {
    throw new Failure<Code>("not_found", `Cannot find key ${id.slice(0, 64)}: there is none`);
  }
  const holder = staffOf(record.grant);
  if (holder !== null && !(own && id === by)) checkStaffKey(staff, holder.role);
  return id;
}

/** Throws Failure `forbidden` unless somebody may make and end admin keys of this role. */
export function checkStaffKey(staff: Staff, role: StaffRole): void {
  checkPermission(staff, "staff.write");
  if (isAtLeast(staff.role, role)) return;
  const message = `Cannot make or change the key of an ${role} as ${staff.role}`;
  throw new Failure<Code>("forbidden", `${message}: nobody gives more than they have`);
}
