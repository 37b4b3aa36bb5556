import { Log } from "@sekisho/lib/telemetry/log.ts";
import type { LogLevel } from "@sekisho/lib/telemetry/log-line.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { gatewayLogFields, type GatewayLog } from "./gateway-log.ts";

/** A log whose lines can be read back. */
export function readableLog(level: LogLevel): { log: GatewayLog; lines: () => unknown[] } {
  const written: string[] = [];
  const log: GatewayLog = new Log({
    clock: new VirtualClock(),
    sink: { write: (text) => written.push(text) > 0, onDrain() {} },
    format: "json",
    level: () => level,
    extraFields: gatewayLogFields,
  });
  const lines = (): unknown[] => {
    log.flush();
    return written
      .join("")
      .split("\n")
      .slice(0, -1)
      .map((line): unknown => JSON.parse(line));
  };
  return { log, lines };
}
