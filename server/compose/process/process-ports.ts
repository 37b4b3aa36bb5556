import { gatewayLogFields, type GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import { SystemRandom } from "@sekisho/lib/random/system-random.ts";
import type { LogLevel } from "@sekisho/lib/telemetry/log-line.ts";
import { StreamLogSink } from "@sekisho/lib/telemetry/log-sink.ts";
import { sharedSinkOf } from "@sekisho/lib/telemetry/shared-log-sink.ts";
import { Log } from "@sekisho/lib/telemetry/log.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import type { Config } from "../../config/schema.ts";

/** What the machine gives a process: time, randomness, and a place for its log. */
export interface ProcessPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: GatewayLog;
  /** The level of `log`, which a configuration may change while the process runs. */
  readonly logLevel: { current: LogLevel };
}

/** The real ones. People at a terminal get text, everybody else JSON lines. */
export function processPorts(config: Config, stderr: NodeJS.WriteStream): ProcessPorts {
  const clock = new SystemClock();
  const logLevel = { current: config.log.level };
  const log = new Log({
    clock,
    sink: config.processes > 1 ? sharedSinkOf(stderr) : new StreamLogSink(stderr),
    format: stderr.isTTY ? "text" : "json",
    level: () => logLevel.current,
    extraFields: gatewayLogFields,
  });
  return { clock, random: new SystemRandom(), log, logLevel };
}
