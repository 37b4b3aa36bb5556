import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Dice } from "../base/dice.ts";
import { drawDisturbances } from "./draw-disturbances.ts";
import { drawGateway } from "./draw-gateway.ts";
import { drawNames } from "./draw-names.ts";
import { drawProbes } from "./draw-probes.ts";
import { drawRequests } from "./draw-requests.ts";
import { drawShares } from "./draw-shares.ts";
import { drawWeather } from "./draw-weather.ts";
import type { Disturbance, Episode, Scenario } from "./scenario.ts";

/**
 * From the healing to the first probe: every deadline has passed, every circuit is half open, and
 * no provider's wish to be left alone holds any more. Nothing happens in most of it.
 */
export const restMs = 620_000;

/** Between the last probe and the first of the requests whose shares are looked at. */
const restAgainMs = 10_000;

/** The world of a seed. The same seed is the same world, on every machine. */
export function drawScenario(seed: number): Scenario {
  const dice = new Dice(new SeededRandom(seed)).fork("scenario");
  const gateway = drawGateway(dice.fork("gateway"));
  const healMs = dice.between(30_000, 120_000);
  const episodes = drawWeather(gateway, healMs, dice.fork("weather"));
  const times = { untilMs: healMs - 1_000, surgesMs: surgesOf(episodes) };
  const requests = drawRequests(gateway, times, dice.fork("requests"));
  const fromMs = healMs + restMs;
  const probes = drawProbes(gateway, { fromMs, firstN: requests.length }, dice.fork("probes"));
  const last = {
    fromMs: (probes.at(-1)?.atMs ?? 0) + restAgainMs,
    firstN: requests.length + probes.length,
  };
  const { shares, requests: shared } = drawShares(gateway, last, dice.fork("shares"));
  const disturbances = drawDisturbances(gateway, healMs, dice.fork("disturbances"));
  const named = keepsNames(disturbances)
    ? drawNames(
        gateway,
        { untilMs: times.untilMs, firstN: last.firstN + shared.length },
        // Drawn apart: what else is drawn stays as it was.
        dice.fork("names"),
      )
    : [];
  return {
    seed,
    gateway,
    requests: [...requests, ...probes, ...shared, ...named],
    episodes,
    disturbances,
    shares,
    writerLatencyMs: dice.pick([0.1, 0.1, 1, 10]),
    healMs,
  };
}

/** Names stand for 24 h: no time of theirs ends in the midst of such a world. */
const longestStepMs = 20 * 3_600_000;

function keepsNames(disturbances: readonly Disturbance[]): boolean {
  const steps = disturbances.map((each) =>
    each.kind === "wall clock steps" ? Math.abs(each.byMs) : 0,
  );
  return steps.reduce((sum, ms) => sum + ms, 0) < longestStepMs;
}

/** When a region that was in trouble is well again, its clients are still there. */
const surgesOf = (episodes: readonly Episode[]): number[] =>
  episodes.filter(({ scope }) => scope.region !== null).map(({ toMs }) => toMs);
