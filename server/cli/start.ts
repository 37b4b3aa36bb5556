import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { watchParent } from "./parent-watch.ts";
import { startFlags } from "./start-flags.ts";

/** Returns when the server serves; the process then lives until a signal ends it. */
export async function startCommand({ options, terminal }: Invocation): Promise<Exit> {
  // npm puts a shell in between that passes no signal on: npx killed would leave us behind.
  if (terminal.env["npm_command"] !== undefined) watchParent(terminal.clock, process);
  const { start } = await import("../main.ts");
  await start({ json: options.has("json"), flags: startFlags(options) });
  return "ok";
}
