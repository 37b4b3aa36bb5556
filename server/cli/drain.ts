import type { DrainList } from "@sekisho/wire/admin/drains.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { printable } from "./table.ts";

/** Takes a region or provider out of use, and says what still runs there. */
export async function drain(invocation: Invocation): Promise<Exit> {
  const [name = ""] = invocation.args;
  const answer = await AdminClient.connect(invocation).send("POST", "/admin/drains", { name });
  // The server's own type: what is no answer of ours was refused by the client.
  const list = answer as DrainList;
  const { running = 0, targets = 0 } = list.drained.find((each) => each.name === name) ?? {};
  const still = running === 1 ? "1 attempt runs" : `${running} attempts run`;
  return say(invocation, list, [
    `${name} is drained from now on, also after a restart: no new attempt goes to its ` +
      `${targets === 1 ? "target" : `${targets} targets`}.`,
    running === 0 ? "Nothing runs there any more." : `${still} there to the end.`,
  ]);
}

/** Uses it again. */
export async function undrain(invocation: Invocation): Promise<Exit> {
  const [name = ""] = invocation.args;
  const path = `/admin/drains/${encodeURIComponent(name)}`;
  // See drain.
  const list = (await AdminClient.connect(invocation).send("DELETE", path)) as DrainList;
  return say(invocation, list, [`${name} is in use again from now on.`]);
}

function say(
  { options, terminal }: Invocation,
  list: DrainList,
  sentences: readonly string[],
): Exit {
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(list)}\n`);
    return "ok";
  }
  const { drained, unserved } = list;
  const names = drained.map(({ name }) => name).join(", ");
  const lines = [
    ...sentences,
    ...(drained.length > 0 ? [`Drained: ${names}.`] : []),
    ...(unserved.length > 0 ? [`Models without a target now: ${unserved.join(", ")}.`] : []),
  ];
  for (const line of lines) terminal.err(`${printable(line)}\n`);
  return "ok";
}
