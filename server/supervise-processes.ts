import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { checkFree } from "@sekisho/lib/http/listener/bind.ts";
import { announce } from "./announcement.ts";
import { openDataFolder } from "./compose/storage/data-folder.ts";
import type { CoreOptions } from "./compose/open-core.ts";
import { writeServerFile } from "./compose/edge/server-file.ts";
import { simulatorOf } from "./compose/providers/simulator-of.ts";
import { isLoopbackHost } from "./config/derived/listen-host.ts";
import type { Config } from "./config/schema.ts";
import type { WorkerPorts } from "./processes/messages.ts";
import { forkWorker } from "./processes/fork-worker.ts";
import { Supervisor } from "./processes/supervisor.ts";
import type { SignalledProcess } from "./serve-until-signal.ts";

/** Where the supervisor says that all serve, and what signals it. */
interface Terminal {
  readonly json: boolean;
  readonly stdout: { write(text: string): unknown };
  readonly process: SignalledProcess;
}

/**
 * Starts the workers of a data folder, which this process holds for them, and returns when they
 * serve. It takes no request itself. Throws a sentence when a worker cannot serve.
 */
export async function superviseProcesses(options: CoreOptions, terminal: Terminal): Promise<void> {
  const { clock, random, log, loaded } = options;
  const { config } = loaded;
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(openDataFolder(config.data));
  const { processes: count } = config;
  const supervisor = new Supervisor({ clock, random, log, count, fork: forkWorker });
  const unfinished = stack.adopt(supervisor, (each) => each.abandon());
  // Its own code and theirs are read at the same time: most of a start is reading code.
  unfinished.fork();
  const { prepareFolder } = await import("./compose/group/prepare-folder.ts");
  const shown = await prepareFolder(folder, config, options);
  const simulator = await simulatorOf(config, options);
  if (simulator !== null) stack.defer(() => simulator.close());
  const { addresses, hasConsole } = await supervisor.start({
    folder: folder.path,
    simulatorUrl: simulator?.url ?? null,
    ports: await freePorts(config.listen),
    crashAt: options.crashAt,
  });
  stack.use(writeServerFile(folder, addresses));
  announce({ addresses, hasConsole, identity: { shown } }, terminal);
  const resources = stack.move();
  superviseUntilSignal(supervisor, { ...terminal, log, resources });
}

/**
 * The ports that the configuration names; null where workers find a free one. Throws Failure where
 * somebody has one of them: on a port that is shared, another server of the same user would be met
 * by a part of the connections, and nobody would see it.
 */
async function freePorts({ host, port, adminPort }: Config["listen"]): Promise<WorkerPorts | null> {
  const isShared = isLoopbackHost(host) && adminPort === null;
  const hosts = host === "loopback" ? loopback : [host];
  const admin = adminPort ?? 0;
  if (port !== 0) await checkFree({ hosts, port });
  if (admin !== 0) await checkFree({ hosts: loopback, port: admin });
  if (port === 0 || (!isShared && admin === 0)) return null;
  return { api: port, admin: isShared ? port : admin };
}

const loopback: readonly string[] = ["127.0.0.1", "::1"];

interface SupervisedUntil extends Terminal {
  readonly log: GatewayLog;
  readonly resources: AsyncDisposable;
}

/** What a signal means, each worker knows: see `serveUntilSignal`. */
function superviseUntilSignal(
  supervisor: Supervisor,
  { process, log, resources }: SupervisedUntil,
): void {
  process.on("SIGHUP", () => supervisor.signal("SIGHUP"));
  process.on("SIGTERM", () => supervisor.signal("SIGTERM"));
  process.on("SIGINT", () => supervisor.signal("SIGINT"));
  void supervisor.over
    .then(() => resources[Symbol.asyncDispose]())
    .then(
      () => 0,
      (error: unknown) => {
        log.error("could not stop cleanly", { error });
        return 1;
      },
    )
    .then((code) => {
      log.info("stopped");
      log.flush();
      // oxlint-disable-next-line no-process-exit -- a stray handle must not keep it alive
      process.exit(code);
    });
}
