import { parseArgs } from "node:util";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { presets } from "./scenario/presets.data.ts";
import type { Scenario } from "./scenario/scenario.ts";
import { startSimulator } from "./server.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    host: { type: "string", default: "127.0.0.1" },
    seed: { type: "string", default: "1" },
    preset: { type: "string", default: "calm" },
  },
});

const readNumber = (name: string, text: string, max: number): number => {
  const value = Number(text);
  if (text !== "" && Number.isSafeInteger(value) && value >= 0 && value <= max) return value;
  throw new Error(`Cannot read --${name} "${text}": expected an integer from 0 to ${max}`);
};

const readPreset = (name: string): readonly Scenario[] => {
  const scenarios = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (scenarios !== undefined) return scenarios;
  throw new Error(`Cannot read --preset "${name}": known are ${Object.keys(presets).join(", ")}`);
};

const simulator = await startSimulator({
  port: readNumber("port", values.port, 65_535),
  host: values.host,
  seed: readNumber("seed", values.seed, Number.MAX_SAFE_INTEGER),
  clock: new SystemClock(),
  scenarios: readPreset(values.preset),
});
process.stdout.write(
  `${JSON.stringify({ event: "ready", url: simulator.url, port: simulator.port })}\n`,
);

// With the listener closed nothing is left that keeps the process alive.
const stop = (): void => void simulator.close();
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
