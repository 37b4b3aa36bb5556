import type { ConfigView } from "@sekisho/wire/admin/config.ts";
import type { RunTimeConfig } from "../../settings/run-time-config.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";

/** The configuration in force, each value with its origin, secrets as fingerprints. */
export const viewOfConfig = (config: RunTimeConfig): ConfigView => {
  const { file, overlay, values, restart } = config.show();
  return {
    file,
    overlay,
    values: values.map((each) => ({ ...each, value: JSON.parse(each.value) })),
    restart,
  };
};

/** `GET /admin/config` */
export async function getConfig(
  _request: AdminRequest,
  { config }: AdminContext,
): Promise<AdminAnswer> {
  return { status: 200, body: viewOfConfig(config) };
}
