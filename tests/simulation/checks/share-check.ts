import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import { Violation } from "../base/violation.ts";
import type { UpstreamRecord } from "../providers/upstream-record.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { firstTargets, isSameTarget, targetId } from "../scenario/pool-targets.ts";

/** SIM-8: long after the healing nothing is held back any more. */
export function checkHealed(circuits: readonly CircuitView[]): void {
  for (const { id, state, forced, isDrained } of circuits) {
    const problem =
      state === "open"
        ? "open"
        : forced !== null
          ? `forced ${forced}`
          : isDrained
            ? "drained"
            : null;
    if (problem !== null) throw new Violation("SIM-8 liveness", `${id} is still ${problem}`);
  }
}

/**
 * RTE-3: after its slow start each target of an alias has its part of the calls again, by its
 * weight. In turn it is off by less than one call, by weight by less than one for each halving.
 */
export function checkShares(
  { gateway, shares }: Pick<Scenario, "gateway" | "shares">,
  recordsOf: (n: number) => readonly UpstreamRecord[],
): void {
  const [pool] = gateway.aliases.find(({ name }) => name === shares?.alias)?.pools ?? [];
  if (shares === null || pool === undefined) return;
  const targets = firstTargets(pool, gateway);
  const isByWeight = pool.balance === "weighted";
  const sum = targets.reduce((all, { weight }) => all + (isByWeight ? weight : 1), 0);
  const count = shares.toN - shares.fromN;
  const tolerance = isByWeight ? Math.ceil(Math.log2(targets.length)) : 1;
  const served = Array.from({ length: count }, (_, at) => recordsOf(shares.fromN + at)[0]);
  for (const target of targets) {
    const calls = served.filter((call) => call !== undefined && isSameTarget(call.target, target));
    const right = (count * (isByWeight ? target.weight : 1)) / sum;
    if (Math.abs(calls.length - right) <= tolerance) continue;
    const what = `${targetId(target)} of ${pool.name} got ${calls.length} of ${count} calls`;
    throw new Violation("RTE-3 shares", `${what}, ${right} are its share`);
  }
}
