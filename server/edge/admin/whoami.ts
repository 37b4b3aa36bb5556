import type { WhoamiView } from "@sekisho/wire/admin/session.ts";
import { permissionsOf } from "@sekisho/wire/admin/staff.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";
import type { Administrator } from "./signing-in/administrator.ts";

/** Somebody as they are shown to themselves. */
export const whoamiView = ({ by, staff }: Pick<Administrator, "by" | "staff">): WhoamiView => ({
  by,
  role: staff.role,
  tenant: staff.tenant,
  may: permissionsOf(staff),
});

/** `GET /admin/whoami`: who asks, and what they may do. */
export async function getWhoami(request: AdminRequest): Promise<AdminAnswer> {
  return { status: 200, body: whoamiView(request) };
}
