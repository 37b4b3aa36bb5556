import type { Dice } from "../base/dice.ts";
import { drawPoliteRequest, freeKey } from "./draw-polite-request.ts";
import type { Beginning } from "./draw-probes.ts";
import type { AliasPlan, GatewayPlan } from "./gateway-plan.ts";
import { firstTargets } from "./pool-targets.ts";
import type { RequestPlan, SharePlan } from "./scenario.ts";

/** Each target needs as many calls at its turn until all its circuits have closed. */
const callsToClose = 3;
/** RTE-3, and a little. */
const slowStartMs = 61_000;
const everyMs = 700;
/** Turns that are counted for each turn of the target with the least weight. */
const countedTurns = 2;
const mostRequests = 50;

interface Drawn {
  readonly shares: SharePlan | null;
  readonly requests: readonly RequestPlan[];
}

/**
 * Requests that close the circuits of one alias, and after its slow start those that show how it
 * shares them out (SIM-8). Only where weights alone decide: in turn, or by weight.
 */
export function drawShares(gateway: GatewayPlan, at: Beginning, dice: Dice): Drawn {
  const able = gateway.aliases.filter((alias) => turnsOf(alias, gateway) !== null);
  if (able.length === 0) return { shares: null, requests: [] };
  const alias = dice.pick(able);
  const turns = turnsOf(alias, gateway) ?? 0;
  const closing = callsToClose * turns;
  const count = closing + countedTurns * turns;
  const key = freeKey(gateway);
  const requests = Array.from({ length: count }, (_, index): RequestPlan => {
    const n = at.firstN + index;
    const atMs = at.fromMs + index * everyMs + (index < closing ? 0 : slowStartMs);
    const own = dice.fork(`share ${n}`);
    const asked = { n, atMs, surface: "chat", key, alias: alias.name, stream: null } as const;
    return drawPoliteRequest(asked, own);
  });
  const beginN = at.firstN;
  const numbers = { beginN, fromN: beginN + closing, toN: beginN + count };
  return { shares: { alias: alias.name, ...numbers }, requests };
}

/** After how many calls each target has had its turn; null where that is not known, or too many. */
function turnsOf({ pools }: AliasPlan, gateway: GatewayPlan): number | null {
  const [pool] = pools;
  if (pools.length !== 1 || pool === undefined) return null;
  if (pool.balance !== "round-robin" && pool.balance !== "weighted") return null;
  const weights = firstTargets(pool, gateway).map(({ weight }) => weight);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const turns =
    pool.balance === "weighted" ? Math.ceil(sum / Math.min(...weights)) : weights.length;
  const isFew = (callsToClose + countedTurns) * turns <= mostRequests;
  return weights.length > 1 && isFew ? turns : null;
}
