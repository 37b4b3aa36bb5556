import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { readOptions } from "../options.ts";
import { keptSeeds } from "./kept-seeds.data.ts";

/**
 * `npm run sim:kept`: has each kept seed look for the mistake that it once found. Exit code 1 when
 * one does not find it by its rule any more, because worlds are drawn otherwise now. Then
 * `npm run sim:kept -- SEED [--from=N] [--seeds=N]` has others look for the mistake of that one;
 * 2 when the command line is wrong.
 */

/** What these seeds find, a line for each that does. */
async function found(place: number, seeds: readonly number[]): Promise<string[]> {
  const args = [join(import.meta.dirname, "play-mistaken.ts"), String(place), ...seeds.map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.split("\n").filter((line) => line !== "");
}

async function checkAll(): Promise<boolean> {
  let lost = 0;
  for (const [place, { seed, rule, found: what }] of keptSeeds.entries()) {
    const [line = "nothing"] = await found(place, [seed]);
    const isFound = line.startsWith(`${seed} broke ${rule}: `);
    if (!isFound) lost += 1;
    console.log(`seed ${seed}: ${what}: ${isFound ? "found" : `NOT FOUND, but ${line}`}`);
  }
  console.log(`${keptSeeds.length} kept seeds, ${lost} do not find their mistake`);
  return lost === 0;
}

/** So many at a time that somebody who waits sees something. */
const seedsAtOnce = 50;

async function search(kept: string, args: readonly string[]): Promise<boolean> {
  const place = keptSeeds.findIndex(({ seed }) => String(seed) === kept);
  if (place === -1) throw new Error(`Cannot look for others than ${kept}: it is no kept seed`);
  const left = [...readOptions(args).seeds];
  while (left.length > 0) {
    for (const line of await found(place, left.splice(0, seedsAtOnce))) console.log(line);
  }
  return true;
}

try {
  const [kept, ...args] = process.argv.slice(2);
  const isGood = await (kept === undefined ? checkAll() : search(kept, args));
  process.exitCode = isGood ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
