import type { ErasureView } from "@sekisho/wire/admin/erasure.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCounted } from "./format-figures.ts";
import { cliFailure } from "./terminal.ts";
import { everyCall } from "./usage.ts";

/**
 * `sekisho erase --tenant NAME --user NAME`, or `--session NAME`. A name that no call has ends well
 * too: requests for erasure are repeated, and what they ask for is then so.
 */
export async function eraseNames(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const [tenant, user, session] = ["tenant", "user", "session"].map((name) => options.text(name));
  if (tenant === undefined || (user === undefined) === (session === undefined)) {
    throw cliFailure("usage", "Cannot erase: --tenant and one of --user and --session are needed");
  }
  const body = { tenant, user, session };
  const answer = await AdminClient.connect(invocation).send("POST", "/admin/erase", body);
  // The server's own type: what is no answer of ours was refused by the client.
  const erased = answer as ErasureView;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(erased)}\n`);
    return "ok";
  }
  const { pseudonym, calls, sessions } = erased;
  // A name that is spelt wrong looks like one that has called nothing.
  const shown = `"${everyCall}" has those that are`;
  if (calls === 0) terminal.err(`no call of that name is booked: ${shown}\n`);
  const also = sessions === 0 ? "" : `, ${formatCounted(sessions, "session")} with it`;
  terminal.out(
    `${formatCounted(calls, "call")} ${calls === 1 ? "is" : "are"} of ${pseudonym} now${also}\n`,
  );
  return "ok";
}
