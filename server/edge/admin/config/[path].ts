import { parseConfigChange } from "@sekisho/wire/admin/config.ts";
import type { Staff } from "@sekisho/wire/admin/staff.ts";
import type { AdminContext } from "../admin-context.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "../admin-request.ts";
import { parsePath } from "../../../config/config-path.ts";
import { checkPermission } from "../reach/check-permission.ts";
import { viewOfConfig } from "../config.ts";
import { settingEntry } from "../changes/setting-entry.ts";

/** `PUT /admin/config/{path}`: the new value is stored and wins over the file (CFG-3). */
export async function putSetting(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { config, audit } = context;
  const { by, requestId, staff } = request;
  const object = pathIn(request);
  checkPath(staff, object);
  const change = parsed(parseConfigChange(await jsonBody(request)));
  const entry = { event: "admin.config.set", object, by, requestId } as const;
  await config.set(
    { path: object, ...change },
    {
      by,
      also: (values) => [audit.row(settingEntry(entry, values))],
    },
  );
  audit.told(entry);
  return { status: 200, body: viewOfConfig(context) };
}

/** `DELETE /admin/config/{path}`: what was set at run time gives way to the file again. */
export async function deleteSetting(
  request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  const { config, audit } = context;
  const { by, requestId, staff } = request;
  const object = pathIn(request);
  checkPath(staff, object);
  const entry = { event: "admin.config.unset", object, by, requestId } as const;
  await config.unset(object, { also: (values) => [audit.row(settingEntry(entry, values))] });
  audit.told(entry);
  return { status: 200, body: viewOfConfig(context) };
}

const pathIn = ({ parameters }: Pick<AdminRequest, "parameters">): string =>
  parameters["path"] ?? "";

/** Whoever could say who is an owner would be one. */
function checkPath(staff: Staff, path: string): void {
  if (parsePath(path)?.[0] === "admin") checkPermission(staff, "access.write");
}
