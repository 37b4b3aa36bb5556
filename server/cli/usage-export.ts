import { AdminClient } from "./admin-client.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { elsewhere, everyCall } from "./usage.ts";

const filters = ["tenant", "key", "user", "session", "tag", "range", "view"];

/** A row of an attempt: `time,id,attempt` begin a line of CSV; in JSON the field has its name. */
const attemptRow = /^[^,"\n]+,req_[^,"\n]+,[1-9]|"attempt":[1-9]/m;

/** No less than stands before the end of a match: pieces end anywhere. */
const carriedChars = 100;

/** `sekisho usage export`: ends with "unreachable" when the last row did not come. */
export async function exportUsage(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const format = options.text("format") ?? "csv";
  const query = new URLSearchParams([["format", format], ...askedQuery(options, filters)]);
  let lines = format === "csv" ? -1 : 0; // the titles are no call
  // Asked of the rows: who is bound to a tenant has its view also without asking for it.
  let hasAttempts = false;
  let carried = "";
  await AdminClient.connect(invocation).pour(`/admin/ledger?${query.toString()}`, async (text) => {
    if (lines <= 0) lines += text.split("\n").length - 1;
    if (!hasAttempts) {
      hasAttempts = attemptRow.test(carried + text);
      carried = (carried + text).slice(-carriedChars);
    }
    if (terminal.pour === undefined) terminal.out(text);
    else await terminal.pour(text);
  });
  if (lines <= 0) terminal.err(`no call is booked${hintFor(query)}\n`);
  if (hasAttempts) terminal.err(`${notToBeAdded}\n`);
  return "ok";
}

const notToBeAdded =
  "rows of calls (attempt 0) and of their attempts (1 and more) are two books of the same money: " +
  "add up the costs of the one or of the other; --view tenant has the calls alone";

/** Behind all that there is nothing further back. */
function hintFor(query: URLSearchParams): string {
  const hint = elsewhere(query, everyCall);
  return query.get("range") === "all" && hint.includes(everyCall) ? "" : `: ${hint}`;
}
