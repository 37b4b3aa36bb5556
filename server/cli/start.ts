import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { watchParent } from "./parent-watch.ts";

/** Returns when the server serves; the process then lives until a signal ends it. */
export async function startCommand({ options, terminal }: Invocation): Promise<Exit> {
  // npm puts a shell in between that passes no signal on: npx killed would leave us behind.
  if (terminal.env["npm_command"] !== undefined) watchParent(terminal.clock, process);
  const { start } = await import("../main.ts");
  const [data, config, env] = ["data", "config", "env"].map((name) => options.text(name));
  const port = options.port("port");
  const processes = options.text("processes");
  await start({
    json: options.has("json"),
    ...(options.has("public") ? { public: true } : {}),
    ...(port === undefined ? {} : { port }),
    ...(processes === undefined ? {} : { processes }),
    ...(data === undefined ? {} : { data }),
    ...(config === undefined ? {} : { config }),
    ...(env === undefined ? {} : { env }),
  });
  return "ok";
}
