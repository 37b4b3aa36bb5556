import type { Dice } from "../base/dice.ts";
import { drawPoliteRequest } from "./draw-polite-request.ts";
import type { GatewayPlan, KeyPlan } from "./gateway-plan.ts";
import type { Leaving, RequestPlan } from "./scenario.ts";

interface NameTimes {
  readonly untilMs: number;
  readonly firstN: number;
}

const firstMs = 200;
const mostNames = 10;

/**
 * Requests that have a name, and those that come by the same one: at once, while the first is
 * answered, or later; some of them with other words (STR-13).
 */
export function drawNames(
  gateway: GatewayPlan,
  { untilMs, firstN }: NameTimes,
  dice: Dice,
): RequestPlan[] {
  const requests: RequestPlan[] = [];
  for (let left = dice.whole(0, mostNames); left > 0; left -= 1) {
    const own = dice.fork(`name ${left}`);
    const first = drawFirst(gateway, { untilMs, n: firstN + requests.length }, own);
    requests.push(first);
    // Others ask late in a world where an early one asks.
    const spanMs = own.pick([30, 1_500, 10_000, untilMs]);
    for (let more = own.whole(1, 4); more > 0; more -= 1) {
      const n = firstN + requests.length;
      const atMs = Math.min(untilMs, first.atMs + own.between(0, spanMs));
      requests.push(again(first, { n, atMs }, own));
    }
  }
  return requests;
}

function drawFirst(
  gateway: GatewayPlan,
  { untilMs, n }: { readonly untilMs: number; readonly n: number },
  dice: Dice,
): RequestPlan {
  const asked = {
    n,
    atMs: dice.between(firstMs, untilMs),
    surface: dice.chance(0.2) ? ("completions" as const) : ("chat" as const),
    key: drawKey(gateway, dice),
    alias: dice.pick(gateway.aliases).name,
    stream: dice.chance(0.6) ? { wantsUsage: dice.chance(0.5) } : null,
  };
  const answer = { frames: dice.magnitude(1, 60), tokensPerFrame: dice.whole(1, 4), padding: 0 };
  return {
    ...drawPoliteRequest(asked, dice),
    answer,
    timeoutMs: drawTimeout(dice),
    naming: { name: `name-${n}`, says: n },
    leaving: drawLeaving(asked.stream !== null, dice),
  };
}

/** Another client, another deadline, perhaps another key of the tenant. */
function again(
  first: RequestPlan,
  { n, atMs }: Pick<RequestPlan, "n" | "atMs">,
  dice: Dice,
): RequestPlan {
  const isOther = dice.chance(0.12);
  const { prompt, network } = drawPoliteRequest({ ...first, n, atMs }, dice);
  return {
    ...first,
    n,
    atMs,
    network,
    timeoutMs: drawTimeout(dice),
    leaving: drawLeaving(first.stream !== null, dice),
    ...(isOther && first.naming !== null ? { prompt, naming: { ...first.naming, says: n } } : {}),
  };
}

function drawKey({ tenants }: GatewayPlan, dice: Dice): KeyPlan {
  const name = dice.weighted({ medium: 2, levels: 1, loose: 4, free: 3 });
  return dice.pick(tenants.find((each) => each.name === name)?.keys ?? []);
}

const drawTimeout = (dice: Dice): number | null =>
  dice.chance(0.15) ? dice.pick([300, 3_000]) : null;

function drawLeaving(isStream: boolean, dice: Dice): Leaving {
  const kind = dice.weighted<Leaving["kind"]>({
    stays: 75,
    "half-way in the body": 1,
    "after the body": 12,
    "in mid-stream": isStream ? 12 : 0,
  });
  if (kind === "after the body") return { kind, ms: dice.magnitude(1, 5_000) };
  return kind === "in mid-stream" ? { kind, bytes: dice.magnitude(1, 4_000) } : { kind };
}
