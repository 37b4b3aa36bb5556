import type { Dice } from "../base/dice.ts";
import { drawPoliteRequest, freeKey } from "./draw-polite-request.ts";
import type { GatewayPlan } from "./gateway-plan.ts";
import type { RequestPlan } from "./scenario.ts";

/** Where requests at the end begin, in time and in number. */
export interface Beginning {
  readonly fromMs: number;
  readonly firstN: number;
}

/** Longer than any healthy answer takes: a probe never meets the one before. */
const probeEveryMs = 8_000;
const rounds = 3;

/** Requests after the healing that must all succeed, one after the other. */
export function drawProbes(
  gateway: GatewayPlan,
  { fromMs, firstN }: Beginning,
  dice: Dice,
): RequestPlan[] {
  const key = freeKey(gateway);
  const { aliases } = gateway;
  return Array.from({ length: rounds * aliases.length }, (_, index): RequestPlan => {
    const n = firstN + index;
    const own = dice.fork(`probe ${n}`);
    const surface = own.chance(0.2) ? "completions" : "chat";
    const stream = own.chance(0.7) ? { wantsUsage: own.chance(0.5) } : null;
    const alias = aliases[index % aliases.length]?.name ?? "";
    const atMs = fromMs + index * probeEveryMs;
    return drawPoliteRequest({ n, atMs, surface, key, alias, stream }, own);
  });
}
