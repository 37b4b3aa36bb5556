import type { FirstCallView } from "@sekisho/wire/admin/session.ts";
import { mayDo } from "@sekisho/wire/admin/staff.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";

/** `GET /admin/first-call`: what an empty console shows instead of figures (CON-6). */
export async function getFirstCall(
  { staff }: AdminRequest,
  { apiUrl, firstRun, config }: AdminContext,
): Promise<AdminAnswer> {
  const models = Object.keys(config.config.models).filter((name) => !name.includes("*"));
  const body: FirstCallView = {
    baseUrl: apiUrl(),
    // Whoever may not make a key for clients is not given one either.
    key: mayDo(staff, "keys.write") ? firstRun.demoKey() : null,
    model: models[0] ?? null,
  };
  return { status: 200, body };
}
