import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Dice } from "../base/dice.ts";
import { drawGateway } from "./draw-gateway.ts";
import { drawProbes, drawRequests } from "./draw-requests.ts";
import type { Disturbance, Episode, Scenario } from "./scenario.ts";

/**
 * From the healing to the first probe: every deadline has passed, every circuit is half open, and
 * no provider's wish to be left alone holds any more. Nothing happens in most of it.
 */
export const restMs = 620_000;

/** The world of a seed. The same seed is the same world, on every machine. */
export function drawScenario(seed: number): Scenario {
  const dice = new Dice(new SeededRandom(seed)).fork("scenario");
  const gateway = drawGateway(dice.fork("gateway"));
  const healMs = dice.between(30_000, 120_000);
  const requests = drawRequests(gateway, healMs - 1_000, dice.fork("requests"));
  const probes = drawProbes(
    gateway,
    { fromMs: healMs + restMs, firstN: requests.length },
    dice.fork("probes"),
  );
  return {
    seed,
    gateway,
    requests: [...requests, ...probes],
    episodes: gateway.providers.flatMap((provider) =>
      drawEpisodes(provider, healMs, dice.fork(`weather ${provider}`)),
    ),
    disturbances: drawDisturbances(healMs, dice.fork("disturbances")),
    writerLatencyMs: dice.pick([0.1, 0.1, 1, 10]),
    healMs,
  };
}

function drawEpisodes(provider: string, healMs: number, dice: Dice): Episode[] {
  const episode = (index: number, what: Omit<Episode, "id" | "provider">): Episode => ({
    id: `episode ${provider} ${index}`,
    provider,
    ...what,
  });
  const share = dice.pick([0, 0.05, 0.15, 0.4]);
  const noise = episode(0, { fromMs: 0, toMs: healMs, kind: "noise", share });
  const others = Array.from({ length: dice.whole(0, 3) }, (_, index) => {
    const kind = dice.weighted<Episode["kind"]>({
      noise: 0,
      outage: 3,
      storm: 3,
      throttling: 2,
      stalls: 2,
      "brown-out": 2,
      flapping: 2,
      "revoked key": 1,
    });
    const fromMs = dice.between(0, healMs);
    const toMs = Math.min(healMs, fromMs + dice.magnitude(2_000, 60_000));
    return episode(index + 1, { fromMs, toMs, kind, share: dice.pick([0.5, 1]) });
  });
  // What is strongest comes first.
  return [...others, noise];
}

function drawDisturbances(healMs: number, dice: Dice): Disturbance[] {
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
  return list.sort((a, b) => a.atMs - b.atMs);
}
