import { type ConfigPath, formatPath, isBelow, parsePath } from "../config-path.ts";
import type { Finding } from "../problem.ts";
import { mapLeaves, valueAt } from "../schema/schema-walk.ts";
import { completedTree, type ConfigSource, writtenInForce } from "../trees/config-source.ts";

/** Shorter texts are found in words that have nothing to do with them. */
const leastBareChars = 3;

/**
 * What puts variables into findings in the place of what they hold: a value that came from the
 * environment may be a secret (SEC-9). Also for values elsewhere in the configuration that a
 * finding quotes, unless the file has the same in plain text.
 */
export function valueHider(source: ConfigSource): (finding: Finding) => Finding {
  const written = writtenInForce(source);
  const held = heldValues(source, written);
  if (held.length === 0) return (finding) => finding;
  const plain = plainTexts(source, written);
  return (finding) => {
    const own = formatPath(finding.path);
    const start = finding.sentence.startsWith(own) ? own : "";
    let rest = finding.sentence.slice(start.length);
    for (const each of held) {
      const isOwn = isBelow(each.path, finding.path);
      if (isOwn || !plain.has(each.value)) rest = withoutQuoted(rest, each);
      if (isOwn || isNear(each.path, finding, rest)) rest = withoutBare(rest, each);
    }
    return { ...finding, sentence: start + rest };
  };
}

/** A text that came from variables, and how it was written. */
interface HeldValue {
  readonly path: ConfigPath;
  readonly value: string;
  readonly text: string;
}

function heldValues({ tree }: ConfigSource, written: ReadonlyMap<string, string>): HeldValue[] {
  const held: HeldValue[] = [];
  for (const [place, text] of written) {
    const path = parsePath(place) ?? [];
    const value = valueAt(tree, path);
    if (typeof value === "string" && value !== "" && value !== text) {
      held.push({ path, value, text });
    }
  }
  // One may be a part of another.
  return held.sort((a, b) => b.value.length - a.value.length);
}

/** Names of keys, and texts that name no variable. */
function plainTexts(
  source: ConfigSource,
  written: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const texts = new Set<string>();
  const add = (value: unknown, above: ConfigPath): void => {
    mapLeaves({ path: above, value, schema: null }, (leaf) => {
      for (const key of leaf.path) texts.add(String(key));
      const { path, value: text } = leaf;
      if (typeof text === "string" && !written.has(formatPath(path))) texts.add(text);
      return text;
    });
  };
  add(completedTree(source), []);
  for (const { path, value } of source.settings) add(value, path);
  return texts;
}

/** Does the sentence speak of the place: by its path, or by its key where both stand together? */
function isNear(place: ConfigPath, { path }: Finding, sentence: string): boolean {
  if (sentence.includes(formatPath(place))) return true;
  const isBeside = formatPath(place.slice(0, -1)) === formatPath(path.slice(0, -1));
  return isBeside && sentence.includes(String(place.at(-1)));
}

/** In quotation marks, but for the key of a path: `models["gpt-4.1"]`. */
function withoutQuoted(sentence: string, { value, text }: HeldValue): string {
  let told = sentence;
  for (const quoted of new Set([JSON.stringify(value), `"${value}"`])) {
    if (!told.includes(quoted)) continue;
    const key = new RegExp(`(?<!\\[)${RegExp.escape(quoted)}(?!\\])`, "g");
    told = told.replaceAll(key, () => `"${text}"`);
  }
  return told;
}

/** What sentences say of a value: itself, what it refers to, a file without its folder, a host. */
function formsOf({ value, text }: HeldValue): (readonly [value: string, text: string])[] {
  const reference = /^(?:env:|file:)/;
  const folder = /^(?:\.{1,2}\/)+/;
  const forms: (readonly [string, string])[] = [
    [value, text],
    [value.replace(reference, ""), text.replace(reference, "")],
    [value.replace(folder, ""), text.replace(folder, "")],
  ];
  const origin = URL.parse(value)?.origin;
  if (origin !== undefined && origin !== "null") forms.push([origin, text]);
  return forms.filter(([form]) => form.length >= leastBareChars || /^\d+$/.test(form));
}

function withoutBare(sentence: string, held: HeldValue): string {
  let told = sentence;
  for (const [value, text] of formsOf(held)) {
    if (!told.includes(value)) continue;
    const word = new RegExp(`(?<![\\w$])${RegExp.escape(value)}(?!\\w)`, "g");
    told = told.replaceAll(word, () => text);
  }
  return told;
}
