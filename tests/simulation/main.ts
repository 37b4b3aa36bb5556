import { drawGroup } from "./group/group-scenario.ts";
import { GroupWorld } from "./group/group-world.ts";
import { keptSeeds } from "./kept/kept-seeds.data.ts";
import { drawSplits } from "./splits/split-scenario.ts";
import { SplitWorld } from "./splits/split-world.ts";
import { minimise } from "./minimise.ts";
import { mutants } from "./mutants/roster.ts";
import { readOptions, type SimulationOptions, type WorldKind } from "./options.ts";
import { hunt, players } from "./play-seed.ts";
import { describe, Report } from "./report.ts";
import { drawScenario } from "./scenario/draw-scenario.ts";
import type { WorldOutcome } from "./world.ts";

/**
 * `npm run sim`: plays worlds and says what broke in them. Exit code 1 when a rule was broken, a
 * seed took two courses, a whole run missed a rare path or was slower than it must be; with
 * `--mutants` when one was not caught; 2 when the command line is wrong.
 */

/** SIM-7 */
const leastFactor = 100;
/** So many of the first seeds are played twice. */
const replayedSeeds = 10;
const mostSeedsPerMutant = 100;
const tracedLines = 400;

const say = (text: string): void => console.log(text);

/** Everything about a failure: what broke, how to see it again, and the least that shows it. */
async function sayFailure(outcome: WorldOutcome, options: SimulationOptions): Promise<void> {
  const { kind, seed, violation } = outcome;
  if (violation === null) return;
  const mutant = options.mutant === null ? "" : ` --mutant=${options.mutant.name}`;
  say(`\nseed ${seed} broke ${violation.message}`);
  say(`again: npm run sim -- --world=${kind} --seed=${seed} --verbose${mutant}`);
  if (kind !== "gateway") {
    const again =
      kind === "group"
        ? new GroupWorld(drawGroup(seed), options.mutant, true)
        : new SplitWorld(drawSplits(seed), options.mutant, true);
    for (const line of (await again.play()).trace.slice(-tracedLines)) say(`  ${line}`);
    return;
  }
  const smallest = await minimise(drawScenario(seed), violation.rule, options.mutant);
  const { requests, episodes, disturbances } = smallest.scenario;
  say(
    `after ${smallest.plays} plays ${requests.length} requests, ${episodes.length} episodes and ` +
      `${disturbances.length} disturbances are enough:`,
  );
  for (const each of [...disturbances, ...episodes, ...requests]) say(`  ${JSON.stringify(each)}`);
  for (const line of smallest.outcome.trace.slice(-tracedLines)) say(`  ${line}`);
}

async function playAll(options: SimulationOptions): Promise<Report> {
  const report = new Report();
  for (const world of options.worlds) await playWorlds(world, options, report);
  return report;
}

async function playWorlds(
  world: WorldKind,
  options: SimulationOptions,
  report: Report,
): Promise<void> {
  const { mutant, verbose } = options;
  const play = players[world];
  for (const [index, seed] of seedsOf(world, options).entries()) {
    const outcome = await play(seed, mutant);
    report.add(outcome);
    if (index < replayedSeeds) report.addReplay(outcome, await play(seed, mutant));
    if (verbose) sayOutcome(outcome);
  }
}

function seedsOf(world: WorldKind, { seeds, worlds, isWhole }: SimulationOptions): number[] {
  // A world of splits takes three times as long as the others: beside them a third are played.
  const isThird = world === "splits" && worlds.length > 1;
  const own = isThird ? seeds.filter((_, n) => n % 3 === 0) : seeds;
  const kept = isWhole ? keptSeeds.filter((each) => each.world === world) : [];
  return [...new Set([...own, ...kept.map(({ seed }) => seed)])];
}

const sayOutcome = ({ kind, seed, traceHash, steps, violation }: WorldOutcome): void =>
  say(`${kind} ${seed} ${traceHash} ${steps} steps${violation === null ? "" : " FAILED"}`);

async function simulate(options: SimulationOptions): Promise<boolean> {
  const report = await playAll(options);
  const figures = report.figures();
  say(options.json ? JSON.stringify(figures) : describe(figures, options.isWhole));
  const [first] = report.failures;
  if (first !== undefined && !options.json) await sayFailure(first, options);
  if (figures.unstable.length > 0) say(`took two courses: seeds ${figures.unstable.join(", ")}`);
  const missed = options.isWhole && options.mutant === null ? figures.never : [];
  if (missed.length > 0) say(`never reached: ${missed.join(", ")}`);
  const isSlow = options.isWhole && figures.timesRealTime < leastFactor;
  if (isSlow) say(`slower than ${leastFactor} x real time`);
  return report.failures.length + figures.unstable.length + missed.length === 0 && !isSlow;
}

async function huntMutants(json: boolean): Promise<boolean> {
  let escaped = 0;
  for (const mutant of mutants) {
    const found = await hunt(mutant, mostSeedsPerMutant);
    if (found === null) escaped += 1;
    const [seeds, rule] = [found?.seeds ?? null, found?.outcome.violation?.rule ?? null];
    if (json) say(JSON.stringify({ mutant: mutant.name, seeds, rule }));
    else if (found === null) say(`${mutant.name}: NOT CAUGHT in ${mostSeedsPerMutant} seeds`);
    else say(`${mutant.name}: caught after ${seeds} ${seeds === 1 ? "seed" : "seeds"} by ${rule}`);
  }
  if (!json) say(`${mutants.length} mutants, ${escaped} not caught`);
  return escaped === 0;
}

try {
  const options = readOptions(process.argv.slice(2));
  const isGood = options.allMutants ? await huntMutants(options.json) : await simulate(options);
  process.exitCode = isGood ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
