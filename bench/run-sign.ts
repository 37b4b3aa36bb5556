import { join } from "node:path";
import type { Figures } from "./results.ts";
import { cores, type LoadBench } from "./run-load.ts";
import type { SignCost } from "./sign-loop.ts";

const WITHIN_MS = 20_000;

/** CPU per signature, in a process of its own, and that of the hashes that it cannot do without. */
export async function runSign({ processes }: LoadBench): Promise<Record<keyof SignCost, Figures>> {
  const output = await processes.output("sign", cores.gateway, {
    command: [process.execPath, join(import.meta.dirname, "sign-loop.ts")],
    env: {},
    withinMs: WITHIN_MS,
  });
  // The other end of this line is sign-loop.ts, which prints a SignCost and nothing else.
  const { raw, sekisho } = JSON.parse(output) as SignCost;
  return { raw: { cpuMicros: raw, errors: 0 }, sekisho: { cpuMicros: sekisho, errors: 0 } };
}
