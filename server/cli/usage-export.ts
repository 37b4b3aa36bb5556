import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";

const filters = ["tenant", "key", "user", "session", "range", "view"];

/** `sekisho usage export`: ends with "unreachable" when the last row did not come. */
export async function exportUsage(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const query = new URLSearchParams({ format: options.text("format") ?? "csv" });
  for (const name of filters) {
    const value = options.text(name);
    if (value !== undefined) query.set(name, value);
  }
  await AdminClient.connect(invocation).pour(`/admin/ledger?${query.toString()}`, async (text) =>
    terminal.pour === undefined ? terminal.out(text) : await terminal.pour(text),
  );
  return "ok";
}
