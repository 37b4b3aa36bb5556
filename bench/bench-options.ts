import { parseArgs } from "node:util";
import { candidateNames, type CandidateName } from "./candidate.ts";
import { defaultCandidates } from "./candidates.ts";
import { testNames, type TestName } from "./results.ts";

export interface BenchOptions {
  readonly tests: readonly TestName[];
  readonly candidates: readonly CandidateName[];
  readonly rounds: number;
  readonly quick: boolean;
  readonly json: boolean;
  readonly save: boolean;
  readonly check: boolean;
  readonly profile: boolean;
  readonly streams: number;
}

const quickTests: readonly TestName[] = ["json", "burst", "lat", "ttft", "hold", "start"];

const quickCandidates: readonly CandidateName[] = ["direct", "haproxy", "raw", "sekisho"];
const profiledTests: readonly TestName[] = ["json", "burst"];
const profiledCandidates: readonly CandidateName[] = ["sekisho"];

export const usage = `npm run bench -- [options]
  --quick             one short round, without nginx, fewer streams, within 90 s
  --only=a,b          tests: ${testNames.join(", ")}
  --candidates=a,b    of: ${candidateNames.join(", ")}
  --with=portkey      add candidates to the usual ones
  --rounds=N          rounds per test, 3 unless told
  --streams=N         streams held open by "hold", 10000 unless told
  --profile           where Sekisho spends its CPU in json and burst, by function; also
                      with --only and --candidates=raw
  --json              the result as JSON on standard output
  --save              write bench/results/
  --check             compare with the newest saved result; fails when > 15 % worse
`;

/** Throws a sentence for an option that is not there or a name that is not known. */
export function parseBenchOptions(args: readonly string[]): BenchOptions {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: text,
      candidates: text,
      with: text,
      rounds: text,
      streams: text,
      quick: flag,
      json: flag,
      save: flag,
      check: flag,
      profile: flag,
    },
  });
  const { quick, json, save, check, profile } = values;
  const named = names("candidates", values.candidates, candidateNames);
  const added = names("with", values.with, candidateNames) ?? [];
  const usual = profile ? profiledCandidates : quick ? quickCandidates : defaultCandidates;
  const usualTests = profile ? profiledTests : quick ? quickTests : testNames;
  return {
    tests: names("only", values.only, testNames) ?? usualTests,
    candidates: [...new Set([...(named ?? usual), ...added])],
    rounds: count("rounds", values.rounds, quick ? 1 : 3),
    streams: count("streams", values.streams, quick ? 2000 : 10_000),
    quick,
    json,
    save,
    check,
    profile,
  };
}

function names<Name extends string>(
  option: string,
  value: string | undefined,
  known: readonly Name[],
): readonly Name[] | undefined {
  if (value === undefined) return undefined;
  return value.split(",").map((name) => {
    const found = known.find((candidate) => candidate === name);
    if (found !== undefined) return found;
    throw new Error(`Cannot read --${option}: "${name}" is none of ${known.join(", ")}`);
  });
}

function count(option: string, value: string | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`Cannot read --${option}: "${value}", a whole number above 0 needed`);
}
