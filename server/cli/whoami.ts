import { permissions } from "@sekisho/wire/admin/permissions.data.ts";
import type { WhoamiView } from "@sekisho/wire/admin/session.ts";
import { allPermissions } from "@sekisho/wire/admin/staff.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatTable, printable, type Column } from "./table.ts";

const columns: readonly Column[] = ["PERMISSION", "YOURS", "ASKS FOR", "WHERE"].map((title) => ({
  title,
  align: "left",
}));

/** Who asks, and the table of permissions with what of it is theirs. */
export async function whoami(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  // The server's own type: what is no answer of ours was refused by the client.
  const view = (await AdminClient.connect(invocation).get("/admin/whoami")) as WhoamiView;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(view)}\n`);
    return "ok";
  }
  const { by, role, tenant, may } = view;
  const where = tenant === null ? "the whole installation" : `tenant ${tenant}`;
  terminal.out(printable(`${by}: ${role} of ${where}`).concat("\n\n"));
  const rows = allPermissions.map((name) => {
    const { least, reach } = permissions[name];
    return [name, may.includes(name) ? "yes" : "no", least, reach];
  });
  terminal.out(formatTable(columns, rows));
  return "ok";
}
