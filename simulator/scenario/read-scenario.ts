import { Failure } from "@sekisho/lib/failure/failure.ts";
import { faults, isFaultName } from "../faults.data.ts";
import { Fields, isJsonObject } from "../fields.ts";
import { patchFields, type PatchField } from "./patch-fields.data.ts";
import type { BehaviourPatch, Match, Scenario } from "./scenario.ts";
import type { Spread } from "./spread.ts";

/** A day: scenarios are for tests and demonstrations. */
const longestScheduleMs = 86_400_000;
const longestTextLength = 200;

const matchFields = [
  "region",
  "dialect",
  "model",
  "stream",
  "fromMs",
  "untilMs",
  "flapMs",
  "every",
  "probability",
  "times",
];

const readText = (fields: Fields, name: string): string | null => {
  const text = fields.string(name);
  if (text !== null && (text.length > longestTextLength || /[\0\r\n]/.test(text))) {
    const rule = `at most ${longestTextLength} characters on one line`;
    throw fields.invalid(name, `Invalid value for '${fields.pathOf(name)}': expected ${rule}.`);
  }
  return text;
};

const readSpread = (fields: Fields, name: string, row: PatchField): Spread | null => {
  if (!("min" in row)) return null;
  const limits = { min: row.min, max: row.max, isInteger: false };
  if (!isJsonObject(fields.any(name))) return fields.number(name, limits);
  const inner = new Fields(fields.any(name), fields.pathOf(name));
  inner.allowOnly(["uniform", "lognormal"]);
  const lognormal = inner.object("lognormal");
  if (lognormal !== null) {
    const p50 = lognormal.number("p50", { ...limits, min: 0.001 });
    if (p50 === null) throw lognormal.missing("p50");
    return { lognormal: { p50, p99: lognormal.number("p99", { ...limits, min: p50 }) ?? p50 } };
  }
  const [from, to] = inner.list("uniform") ?? [];
  const pair = new Fields({ 0: from, 1: to }, inner.pathOf("uniform"));
  const min = pair.number("0", limits);
  const max = pair.number("1", { ...limits, min: min ?? 0 });
  if (min === null || max === null) throw inner.missing("uniform");
  return { uniform: [min, max] };
};

const readFault = (fields: Fields, name: string): string | null => {
  const fault = fields.string(name);
  if (fault === null || fault === "none" || isFaultName(fault)) return fault;
  const known = Object.keys(faults).join(", ");
  throw fields.invalid(name, `Unknown fault '${fault}': known are none, ${known}.`);
};

const readField = (fields: Fields, name: string, row: PatchField): unknown => {
  switch (row.kind) {
    case "spread":
      return readSpread(fields, name, row);
    case "number":
    case "integer":
      return fields.number(name, { ...row, isInteger: row.kind === "integer" });
    case "fault":
      return readFault(fields, name);
    case "text":
      return readText(fields, name);
    case "flag":
      return fields.boolean(name);
  }
};

/** Reads the fields of a patch. Throws `Failure("invalid_value")`. */
export const readPatch = (fields: Fields): BehaviourPatch => {
  const patch: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(patchFields)) {
    const value = readField(fields, name, row);
    if (value !== null) patch[name] = value;
  }
  return patch;
};

const readMatch = (fields: Fields): Match => {
  fields.allowOnly(matchFields);
  const span = { min: 0, max: longestScheduleMs, isInteger: false };
  const count = { min: 1, max: 1e9, isInteger: true };
  const match = {
    region: readText(fields, "region"),
    dialect: readText(fields, "dialect"),
    model: readText(fields, "model"),
    stream: fields.boolean("stream"),
    fromMs: fields.number("fromMs", span),
    untilMs: fields.number("untilMs", span),
    flapMs: fields.number("flapMs", { ...span, min: 1 }),
    every: fields.number("every", count),
    probability: fields.number("probability", { min: 0, max: 1, isInteger: false }),
    times: fields.number("times", count),
  };
  const set = Object.entries(match).filter(([, value]) => value !== null);
  return Object.fromEntries(set);
};

/** Reads one scenario from parsed JSON. Throws `Failure("invalid_value")` with the field's path. */
export const readScenario = (value: unknown, path: string): Scenario => {
  const fields = new Fields(value, path);
  fields.allowOnly(["name", "match", ...Object.keys(patchFields)]);
  const name = readText(fields, "name");
  if (name === null || name === "") throw fields.missing("name");
  const match = fields.object("match");
  return { ...readPatch(fields), name, ...(match === null ? {} : { match: readMatch(match) }) };
};

/** Reads a list of at most `limit` scenarios. */
export const readScenarios = (values: readonly unknown[], limit: number): Scenario[] => {
  if (values.length > limit) {
    const message = `Cannot set ${values.length} scenarios: the limit is ${limit}.`;
    throw new Failure("invalid_value", message, { param: "rules" });
  }
  return values.map((value, n) => readScenario(value, `rules[${n}]`));
};
