import { parseArgs } from "node:util";
import { dialectTargets } from "../../contract/targets/all-targets.ts";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { faultRows, type FaultRow } from "./fault-rows.ts";

export interface FaultOptions {
  /** How often each cell is played. */
  readonly times: number;
  readonly targets: readonly ContractTarget[];
  readonly rows: readonly FaultRow[];
  /** Every cell on a line of its own, not those alone that failed. */
  readonly cells: boolean;
}

const mostTimes = 10_000;

const usage =
  "npm run faults:long -- [--times=N] [--target=NAME] [--fault=NAME or the start of it] [--cells]";

/** Reads the command line. Throws a sentence. */
export function readOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      times: { type: "string", default: "100" },
      target: { type: "string" },
      fault: { type: "string" },
      cells: { type: "boolean", default: false },
    },
  });
  const { target, fault = "", cells } = values;
  const times = Number(values.times);
  if (!Number.isSafeInteger(times) || times < 1 || times > mostTimes) {
    throw new Error(`Cannot play a cell "${values.times}" times: 1 to ${mostTimes}\n${usage}`);
  }
  const targets = dialectTargets.filter(({ name }) => target === undefined || name === target);
  const rows = faultRows.filter(({ name }) => name.startsWith(fault));
  if (targets.length === 0) throw new Error(`Cannot find target "${target}"\n${usage}`);
  if (rows.length === 0) throw new Error(`Cannot find fault "${fault}"\n${usage}`);
  return { times, targets, rows, cells };
}
