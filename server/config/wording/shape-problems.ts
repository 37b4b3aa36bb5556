import type { z } from "zod";
import { type ConfigPath, formatPath } from "../config-path.ts";
import { laterKeys } from "./later-keys.data.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";
import {
  fixedPaths,
  isMap,
  keysOf,
  type JsonMap,
  type Schema,
  schemaAt,
  unionOption,
  valueAt,
} from "../schema/schema-walk.ts";
import type { Finding } from "../problem.ts";
import { asksFor, isAsking } from "../schema/not-yet.ts";
import { contradiction } from "./contradiction.ts";
import { foreignForm, missingForm } from "./credential-forms.ts";
import { showValue } from "./show-value.ts";

type Issue = z.core.$ZodIssue;

/** A finding with what decides whether another one explains it already. */
interface Candidate extends Finding {
  readonly kind: "value" | "missing" | "unknown" | "later" | "foreign";
  /** The key that an unknown one may have meant, or the feature that a later one asks for. */
  readonly meant: string | null;
}

/** The tree that was validated, and how its texts were written. */
export interface Validated {
  readonly schema: Schema;
  readonly tree: JsonMap;
  readonly written: ReadonlyMap<string, string>;
}

/** Sentences for what the schema found: each fault once, each with the way out. */
export function shapeProblems(issues: readonly Issue[], validated: Validated): Finding[] {
  const byParent = new Map<string, Candidate[]>();
  for (const issue of ofKind(issues.flatMap((each) => flatten(each, [], validated)))) {
    for (const candidate of candidatesOf(issue, validated)) {
      const parent = formatPath(candidate.path.slice(0, -1));
      const siblings = byParent.get(parent);
      if (siblings === undefined) byParent.set(parent, [candidate]);
      else siblings.push(candidate);
    }
  }
  return [...byParent.values()].flatMap(withoutEchoes);
}

/** zod measures a text that should be a list: of what has the wrong kind nothing else is said. */
function ofKind(issues: readonly Issue[]): readonly Issue[] {
  const isKind = ({ code }: Issue): boolean => code === "invalid_type";
  const misfits = new Set(issues.filter(isKind).map(({ path }) => JSON.stringify(path)));
  return issues.filter((each) => isKind(each) || !misfits.has(JSON.stringify(each.path)));
}

/** One fault of a map often shows as several: a typo as an unknown and a missing key. */
function withoutEchoes(siblings: readonly Candidate[]): Finding[] {
  const said = new Set<string>();
  const asksForMore = siblings.some(({ kind }) => kind === "later" || kind === "foreign");
  const mistyped = new Set(siblings.map(({ kind, meant }) => (kind === "unknown" ? meant : null)));
  return siblings.filter(({ kind, path, meant, sentence }) => {
    if (kind === "missing" && (asksForMore || mistyped.has(String(path.at(-1))))) return false;
    const identity = kind === "later" ? (meant ?? sentence) : sentence;
    if (said.has(identity)) return false;
    said.add(identity);
    return true;
  });
}

/** Of a union's issues only those of the option that the value means, with whole paths. */
function flatten(issue: Issue, above: ConfigPath, validated: Validated): Issue[] {
  const path = [...above, ...issue.path] as (string | number)[]; // the schema has no symbol keys
  const whole = { ...issue, path };
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [whole];
  const value = valueAt(validated.tree, path);
  const schema = schemaAt(validated.schema, validated.tree, path);
  if (schema === null || !isMap(value)) return [whole];
  const meant = issue.errors[unionOption(schema, value)] ?? [];
  return meant.flatMap((each) => flatten(each, path, validated));
}

function candidatesOf(issue: Issue, validated: Validated): Candidate[] {
  const path = issue.path as (string | number)[]; // the schema has no symbol keys
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...path, key], validated));
  }
  const { message } = issue;
  const name = formatPath(path);
  const value = valueAt(validated.tree, path);
  if (issue.code === "invalid_key") {
    return [{ path, kind: "value", meant: null, sentence: `${name} ${message}` }];
  }
  if (value === undefined) {
    const sentence = missingForm(path, validated.tree) ?? `${name} ${message}`;
    return [{ path, kind: "missing", meant: null, sentence }];
  }
  const kind = isAsking(message) ? "later" : "value";
  return [{ path, kind, meant: null, sentence: withValue(path, message, validated) }];
}

function withValue(path: ConfigPath, message: string, { tree, written }: Validated): string {
  const name = formatPath(path);
  const value = valueAt(tree, path);
  const isCompound = typeof value === "object" && value !== null;
  if (isCompound && isAsking(message)) return `${name} ${message}`;
  return `${name}: ${showValue(path, value, written)} ${message}`;
}

function unknownKey(path: ConfigPath, validated: Validated): Candidate {
  const name = formatPath(path);
  const feature = laterKeys.find(([pattern]) =>
    pattern.every((each, depth) => each === "*" || each === path[depth]),
  )?.[1];
  if (feature !== undefined) {
    const sentence = withValue(path, asksFor(feature), validated);
    return { path, kind: "later", meant: feature, sentence };
  }
  const foreign = foreignForm(path, validated.tree);
  const contradicted = contradiction(path, validated.tree);
  if (contradicted !== null) {
    return { path, kind: "foreign", meant: null, sentence: contradicted };
  }
  if (foreign !== null) return { path, kind: "foreign", meant: null, sentence: foreign };
  const found = meantKey(path, validated);
  const meant = found?.text ?? null;
  const hint = meant === null ? "no key is allowed here" : `the nearest key is "${meant}"`;
  const place = found?.place ?? null;
  const about = place === null ? {} : { about: [place] };
  return { path, kind: "unknown", meant, sentence: `${name} is unknown; ${hint}`, ...about };
}

interface MeantKey {
  readonly text: string;
  /** Null where it is too far from what is written to have been meant. */
  readonly place: ConfigPath | null;
}

const closeEdits = 2;

/** The nearest key beside it; a key of exactly this name elsewhere when that is far away. */
function meantKey(path: ConfigPath, { schema, tree }: Validated): MeantKey | null {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const here = schemaAt(schema, tree, parent);
  const beside = here === null ? null : nearest(key, keysOf(here, valueAt(tree, parent)));
  if (beside !== null && beside.edits <= closeEdits) {
    return { text: beside.text, place: [...parent, beside.text] };
  }
  const elsewhere = fixedPaths(schema).find((fixed) => fixed.at(-1) === key);
  if (elsewhere !== undefined) return { text: formatPath(elsewhere), place: elsewhere };
  return beside === null ? null : { text: beside.text, place: null };
}
