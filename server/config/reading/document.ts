import {
  type Document,
  isAlias,
  isMap as isMapNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import { type ConfigPath, formatPath } from "../config-path.ts";
import { plainTreeFaults } from "./plain-tree.ts";
import type { ConfigProblem, Outcome } from "../problem.ts";
import { isMap, type JsonMap } from "../schema/schema-walk.ts";

const maxBytes = 1_048_576;
/** Each use of an anchor counts, so that a small file cannot unfold into a huge one. */
const maxAliasCount = 100;
const maxFaults = 20;
const maxLines = 100_000;

/** A file as it was written: its tree, and where each value of it stands. */
export interface ConfigDocument {
  readonly tree: JsonMap;
  /** The line of a key, or of the nearest one above it that is there. */
  readonly lineOf: (path: ConfigPath) => number | null;
}

/** Reads YAML 1.2, or JSON, which is a part of it. Anchors and merge keys work; tags do not. */
export function readDocument(bytes: Uint8Array): Outcome<ConfigDocument> {
  if (bytes.byteLength > maxBytes) {
    return refuse(unreadable(null, `it has ${bytes.byteLength} bytes, the limit is ${maxBytes}`));
  }
  const text = decode(bytes);
  if (text === null) return refuse(unreadable(null, "it is not UTF-8"));
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: true,
      // Its own check compares each key with each: minutes for a file of keys. Ours is below.
      uniqueKeys: false,
      logLevel: "error",
    });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0) return refuse(...distinct(faults, text, lines));
    const doubles = doubleKeys(document, lines);
    if (doubles.length > 0) return refuse(...doubles.slice(0, maxFaults));
    return plainTree(document, lines);
  } catch (error) {
    return refuse(unreadable(null, error instanceof Error ? error.message : String(error)));
  }
}

/** Of two equal keys one would be lost without a word. */
function doubleKeys(document: Document, lines: LineCounter): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : "";
        const line = lines.linePos(startOf(key) ?? 0).line;
        if (seen.has(name)) problems.push(unreadable(line, `the key "${name}" stands twice`));
        seen.add(name);
      }
    },
  });
  return problems;
}

/** One mistake often confuses the parser several times on its line: the first says most. */
function distinct(faults: readonly YAMLError[], text: string, lines: LineCounter): ConfigProblem[] {
  const byLine = new Map<number, ConfigProblem>();
  const rows = text.split("\n", maxLines);
  for (const { code, message, pos } of faults) {
    const { line } = lines.linePos(pos[0]);
    const row = rows[line - 1] ?? "";
    // Between braces YAML reads the brace of `${` as its own.
    const hint = row.includes("${") ? " (a text with ${…} is quoted inside { } and [ ])" : "";
    const reason = code === "MULTIPLE_DOCS" ? "it holds several documents" : message + hint;
    if (!byLine.has(line)) byLine.set(line, unreadable(line, reason));
  }
  return [...byLine.values()].slice(0, maxFaults);
}

const refuse = (...problems: ConfigProblem[]): Outcome<ConfigDocument> => ({ ok: false, problems });

function unreadable(line: number | null, message: string): ConfigProblem {
  // The parser recurses: brackets without end exhaust the stack.
  const reason = message.includes("call stack") ? "it is nested too deeply" : message;
  const sentence = `Cannot read the file: ${reason.replaceAll(/\s+/g, " ").slice(0, 200)}`;
  return { path: "", file: null, line, sentence };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The document as plain values. An empty file is an empty map. */
function plainTree(document: Document, lines: LineCounter): Outcome<ConfigDocument> {
  const tree: unknown = document.toJS({ maxAliasCount }) ?? {};
  if (!isMap(tree)) return refuse(unreadable(1, "it is not a map of keys"));
  const lineOf = (path: ConfigPath) => lineIn(document, lines, path);
  const problems = plainTreeFaults(tree, []).map(({ path, sentence }) => ({
    path: formatPath(path),
    file: null,
    line: lineOf(path),
    sentence,
  }));
  return problems.length > 0
    ? refuse(...problems.slice(0, maxFaults))
    : { ok: true, value: { tree, lineOf }, warnings: [] };
}

function lineIn(document: Document, lines: LineCounter, path: ConfigPath): number | null {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    const { at, value } = entryIn(node, key);
    if (at === undefined) break;
    offset = at;
    node = value;
  }
  return offset === undefined ? null : lines.linePos(offset).line;
}

/** Where the entry of a map or list begins, and the node of its value. */
function entryIn(node: unknown, key: string | number): { at: number | undefined; value: unknown } {
  if (isMapNode(node)) {
    const pair = node.items.find((each) => isScalar(each.key) && String(each.key.value) === key);
    return { at: startOf(pair?.key), value: pair?.value };
  }
  const item: unknown = isSeq(node) && typeof key === "number" ? node.items[key] : undefined;
  return { at: startOf(item), value: item };
}

function startOf(node: unknown): number | undefined {
  const hasRange = isScalar(node) || isMapNode(node) || isSeq(node) || isAlias(node);
  return hasRange ? node.range?.[0] : undefined;
}
