import { nothing } from "@sekisho/gateway/amounts.ts";
import type { GroupReplica } from "./group-replica.ts";
import type { GroupCall } from "./group-scenario.ts";

/** A call for all that is free; null where a crash has booked so much that nothing is. */
export function probeOf(
  replica: GroupReplica,
  who: Pick<GroupCall, "n" | "tenant" | "key" | "team">,
): GroupCall | null {
  const plan = { ...who, atMs: 0, replica: 0, session: null, rule: null, holdMs: 10 };
  const { principal, attribution } = replica.callOf({ ...plan, reserved: nothing, spent: nothing });
  const free = replica.budgets.free({ principal, attribution });
  if (free.nanoUsd === 0 || free.outputTokens === 0) return null;
  const reserved = {
    nanoUsd: Math.min(free.nanoUsd, 1e12),
    inputTokens: 1,
    outputTokens: Math.min(free.outputTokens, 1e6),
  };
  return { ...plan, reserved, spent: nothing };
}
