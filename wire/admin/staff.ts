import { permissions, type Permission, type PermissionRule } from "./permissions.data.ts";
import { staffRoles, type StaffRole } from "./staff-roles.data.ts";

/** The tenant of admin keys that are bound to none: they act on the whole installation. */
export const operatorTenant = "operator";

/** Somebody who may use the admin API, and where. */
export interface Staff {
  readonly role: StaffRole;
  /** The one tenant that they act for; null: the whole installation. */
  readonly tenant: string | null;
}

const isPermission = (name: string): name is Permission => Object.hasOwn(permissions, name);

/** Every permission, in the order of the table. */
export const allPermissions: readonly Permission[] = Object.keys(permissions).filter(isPermission);

/** May a role do whatever another one may? */
export const isAtLeast = (role: StaffRole, least: StaffRole): boolean =>
  staffRoles.indexOf(role) <= staffRoles.indexOf(least);

/** The one place that reads the table. */
export function mayDo({ role, tenant }: Staff, permission: Permission): boolean {
  const { least, reach }: PermissionRule = permissions[permission];
  return isAtLeast(role, least) && (tenant === null || reach === "tenant");
}

/** What somebody may do, so that a page can leave out what they may not. */
export const permissionsOf = (staff: Staff): readonly Permission[] =>
  allPermissions.filter((permission) => mayDo(staff, permission));
