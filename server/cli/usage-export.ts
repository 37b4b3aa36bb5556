import { AdminClient } from "./admin-client.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { elsewhere, everyCall } from "./usage.ts";

const filters = ["tenant", "key", "user", "session", "tag", "range", "view"];

/** `sekisho usage export`: ends with "unreachable" when the last row did not come. */
export async function exportUsage(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const format = options.text("format") ?? "csv";
  const query = new URLSearchParams([["format", format], ...askedQuery(options, filters)]);
  let lines = format === "csv" ? -1 : 0; // the titles are no call
  await AdminClient.connect(invocation).pour(`/admin/ledger?${query.toString()}`, async (text) => {
    if (lines <= 0) lines += text.split("\n").length - 1;
    if (terminal.pour === undefined) terminal.out(text);
    else await terminal.pour(text);
  });
  if (lines <= 0) terminal.err(`no call is booked${hintFor(query)}\n`);
  return "ok";
}

/** Behind all that there is nothing further back. */
function hintFor(query: URLSearchParams): string {
  const hint = elsewhere(query, everyCall);
  return query.get("range") === "all" && hint.includes(everyCall) ? "" : `: ${hint}`;
}
