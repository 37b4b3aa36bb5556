import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, AdminRequest } from "../admin-request.ts";
import { viewOfConfig } from "../config.ts";

/** `POST /admin/config/reload`: reads file and environment again; the last good one is kept. */
export async function reloadConfig(
  { by, requestId }: AdminRequest,
  { config, audit }: AdminContext,
): Promise<AdminAnswer> {
  await config.reload();
  const body = viewOfConfig(config);
  const object = body.file ?? "the embedded default";
  audit({ event: "admin.config.reloaded", object, by, requestId });
  return { status: 200, body };
}
