import type { AdminContext } from "../admin-context.ts";
import type { AdminAnswer, AdminRequest } from "../admin-request.ts";
import { viewOfConfig } from "../config.ts";

/** `POST /admin/config/reload`: reads file and environment again; the last good one is kept. */
export async function reloadConfig(
  { by, requestId }: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { config, audit } = context;
  const object = config.source.file?.name ?? "the embedded default";
  const entry = { event: "admin.config.reloaded", object, by, requestId } as const;
  await config.reload({ also: [audit.row(entry)] });
  audit.told(entry);
  return { status: 200, body: viewOfConfig(context) };
}
