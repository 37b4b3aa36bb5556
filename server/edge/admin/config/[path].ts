import { parseConfigChange } from "@sekisho/wire/admin/config.ts";
import type { AdminContext } from "../admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { viewOfConfig } from "../config.ts";

/** `PUT /admin/config/{path}`: the new value is stored and wins over the file (CFG-3). */
export async function putSetting(
  request: AdminRequest,
  { config, audit }: AdminContext,
): Promise<AdminAnswer> {
  const { by, requestId, parameters } = request;
  const object = parameters["path"] ?? "";
  const change = parsed(parseConfigChange(await jsonBody(request)));
  const entry = { event: "admin.config.set", object, by, requestId } as const;
  await config.set({ path: object, ...change }, { by, also: [audit.row(entry)] });
  audit.told(entry);
  return { status: 200, body: viewOfConfig(config) };
}

/** `DELETE /admin/config/{path}`: what was set at run time gives way to the file again. */
export async function deleteSetting(
  { by, requestId, parameters }: AdminRequest,
  { config, audit }: AdminContext,
): Promise<AdminAnswer> {
  const object = parameters["path"] ?? "";
  const entry = { event: "admin.config.unset", object, by, requestId } as const;
  await config.unset(object, { also: [audit.row(entry)] });
  audit.told(entry);
  return { status: 200, body: viewOfConfig(config) };
}
