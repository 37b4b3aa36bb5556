import { circuitCommands } from "@sekisho/wire/admin/circuits.ts";
import type { Dice } from "../base/dice.ts";
import type { GatewayPlan } from "./gateway-plan.ts";
import { poolTargets, targetId } from "./pool-targets.ts";
import type { Disturbance } from "./scenario.ts";

/** Calls come to a small part of what they reserve, and limits are multiples of that. */
const cutShares = [0, 0, 0.00001, 0.001, 0.1, 0.5];

/** Everything that befalls the gateway itself, in order of time. */
export function drawDisturbances(gateway: GatewayPlan, healMs: number, dice: Dice): Disturbance[] {
  const atMs = (): number => dice.between(1_000, healMs - 5_000);
  const some = (probability: number, most: number): number =>
    dice.chance(probability) ? dice.whole(1, most) : 0;
  const list: Disturbance[] = [];
  const add = (count: number, make: (id: string) => Disturbance): void => {
    for (let n = 0; n < count; n += 1) list.push(make(`disturbance ${list.length}`));
  };
  add(some(0.4, 3), (id) => ({
    id,
    atMs: atMs(),
    kind: dice.chance(0.3) ? "power cut" : "crash",
    downMs: dice.magnitude(50, 3_000),
  }));
  add(some(0.4, 3), (id) => ({
    id,
    atMs: atMs(),
    kind: "writer pauses",
    forMs: dice.magnitude(5, 3_000),
  }));
  add(some(0.35, 3), (id) => ({
    id,
    atMs: atMs(),
    kind: "writer fails",
    forMs: dice.magnitude(50, 4_000),
  }));
  add(some(0.3, 3), (id) => ({
    id,
    atMs: atMs(),
    kind: "wall clock steps",
    byMs: (dice.chance(0.5) ? 1 : -1) * dice.magnitude(500, 2 * 86_400_000),
  }));
  // What an administrator begins is over when the world heals.
  const forMs = (fromMs: number): number => Math.min(healMs - fromMs, dice.magnitude(500, 40_000));
  add(some(0.35, 2), (id) => {
    const fromMs = atMs();
    const name = drawDrained(gateway, dice);
    return { id, atMs: fromMs, kind: "drain", name, forMs: forMs(fromMs) };
  });
  add(some(0.4, 4), (id) => {
    const fromMs = atMs();
    const circuit = drawCircuit(gateway, dice);
    const command = dice.pick(circuitCommands);
    return { id, atMs: fromMs, kind: "command", circuit, command, forMs: forMs(fromMs) };
  });
  // Drawn apart: what else is drawn stays as it was.
  const cuts = dice.fork("cuts");
  const tenants = gateway.tenants.filter(({ budgets }) => budgets.length > 0);
  // Where a model is free, its calls must pass what others have spent.
  const hasFree = gateway.prices.some(({ output }) => output === 0);
  for (let left = cuts.chance(hasFree ? 0.8 : 0.3) ? cuts.whole(2, 6) : 0; left > 0; left -= 1) {
    const [fromMs, share] = [cuts.between(1_000, healMs - 5_000), cuts.pick(cutShares)];
    const until = Math.min(healMs - fromMs, cuts.magnitude(5_000, 100_000));
    const { name: tenant } = cuts.pick(tenants);
    add(1, (id) => ({ id, atMs: fromMs, kind: "limits cut", tenant, share, forMs: until }));
  }
  return list.toSorted((a, b) => a.atMs - b.atMs);
}

function drawDrained({ providers }: GatewayPlan, dice: Dice): string {
  const { name, region } = dice.pick(providers);
  return dice.chance(0.5) ? name : region;
}

/** The id of a circuit, which may not exist. */
function drawCircuit(gateway: GatewayPlan, dice: Dice): string {
  const { name, region, credentials } = dice.pick(gateway.providers);
  const pool = dice.pick(gateway.aliases.flatMap(({ pools }) => pools));
  return dice.pick([
    `${name}/${region}`,
    `${name}/${dice.pick(credentials)}`,
    targetId(dice.pick(poolTargets(pool, gateway))),
    targetId(dice.pick(poolTargets(pool, gateway))),
  ]);
}
