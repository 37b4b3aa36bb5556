import type { ConfigView } from "@sekisho/wire/admin/config.ts";
import { unservedKeys } from "../../config/unserved-keys.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";

type ConfigParts = Pick<AdminContext, "config" | "keyring">;

/** The configuration in force, each value with its origin, secrets as fingerprints. */
export const viewOfConfig = ({ config, keyring }: ConfigParts): ConfigView => {
  const { models } = config.config;
  const { file, overlay, values, restart } = config.show();
  return {
    file,
    overlay,
    values: values.map((each) => ({ ...each, value: JSON.parse(each.value) })),
    restart,
    warnings: [
      ...config.warnings.map(({ sentence }) => sentence),
      ...unservedKeys(models, keyring.records()),
    ],
  };
};

/** `GET /admin/config` */
export async function getConfig(
  _request: AdminRequest,
  context: AdminContext,
): Promise<AdminAnswer> {
  return { status: 200, body: viewOfConfig(context) };
}
