import { readFileSync } from "node:fs";
import { gatewayLogFields } from "@sekisho/gateway/observe/gateway-log.ts";
import { SystemRandom } from "@sekisho/lib/random/system-random.ts";
import { StreamLogSink } from "@sekisho/lib/telemetry/log-sink.ts";
import { Log } from "@sekisho/lib/telemetry/log.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { announce } from "./announcement.ts";
import { openEmbedded } from "./compose/embedded.ts";
import { readEnvironment, type ConfigFlags } from "./config/environment.ts";
import { loadConfig } from "./config/load-config.ts";
import { describeProblems } from "./config/problem.ts";
import { serveUntilSignal } from "./serve-until-signal.ts";

/** Flags of `sekisho start`, as typed. */
export interface StartFlags {
  readonly port?: number;
  readonly data?: string;
  readonly config?: string;
  readonly public?: boolean;
  /** Announces readiness as one line of JSON instead of text for people. */
  readonly json: boolean;
}

/** Starts the server and returns when it serves. Throws a sentence when it cannot. */
export async function start({ json, port, ...rest }: StartFlags): Promise<void> {
  const environment = readEnvironment(process.env);
  const flags: ConfigFlags = port === undefined ? rest : { ...rest, port: String(port) };
  const load = () => loadConfig({ environment, flags });
  const loaded = load();
  if (!loaded.ok) throw new Error(describeProblems(null, loaded.problems));
  const clock = new SystemClock();
  const { stderr } = process;
  const log = new Log({
    clock,
    sink: new StreamLogSink(stderr),
    format: stderr.isTTY ? "text" : "json",
    level: loaded.value.config.log.level,
    extraFields: gatewayLogFields,
  });
  for (const { sentence } of loaded.warnings) log.warn("configuration", { reason: sentence });
  const crashAt = process.env["CRASH_AT"];
  const server = await openEmbedded({
    load,
    loaded: loaded.value,
    secrets: { variables: environment.variables, readFile: readFileSync },
    clock,
    random: new SystemRandom(),
    log,
    crashAt: crashAt === undefined ? null : Number(crashAt),
  });
  announce(server, { json, stdout: process.stdout });
  serveUntilSignal(server, { process, clock, log });
}
