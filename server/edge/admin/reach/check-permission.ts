import { Failure } from "@sekisho/lib/failure/failure.ts";
import { permissions, type Permission } from "@sekisho/wire/admin/permissions.data.ts";
import { mayDo, type Staff } from "@sekisho/wire/admin/staff.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** Throws Failure `forbidden` unless the table of permissions says yes (SEC-17). */
export function checkPermission(staff: Staff, permission: Permission): void {
  if (mayDo(staff, permission)) return;
  const { least, reach } = permissions[permission];
  const where = reach === "installation" ? " of the whole installation" : "";
  const bound = staff.tenant === null ? "" : ` of tenant ${staff.tenant}`;
  const asked = `${permission} asks for ${least}${where}`;
  const message = `Cannot do this as ${staff.role}${bound}: ${asked}`;
  throw new Failure<Code>("forbidden", message);
}
