import { functionsOf, type FunctionSpan } from "./functions.ts";
import { lineAt } from "./mask.ts";
import { isProduct } from "./rooms.ts";
import type { SourceFile } from "./source-file.ts";

/** What 95 of 100 keep to, and what none may pass. */
export interface SizeLimit {
  readonly p95: number;
  readonly hard: number;
}

export const fileLimit: SizeLimit = { p95: 300, hard: 400 };
export const functionLimit: SizeLimit = { p95: 35, hard: 70 };
export const widthLimit = 100;
export const optionalLimit = 6;

/** The value that 95 of 100 do not pass, by nearest rank; 0 for none. */
export const p95Of = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
};

const overP95 = (what: string, values: readonly number[], limit: SizeLimit): string[] => {
  const p95 = p95Of(values);
  return p95 > limit.p95
    ? [`p95 of lines per ${what} over ${values.length}: ${p95}, limit ${limit.p95}`]
    : [];
};

/** Data tables are as long as what they list. */
const isTable = (file: SourceFile): boolean => file.path.endsWith(".data.ts");

const lineCount = (file: SourceFile): number =>
  file.lines.length - (file.text.endsWith("\n") ? 1 : 0);

/** Files that are too long, and the share of long ones. */
export const longFiles = (files: readonly SourceFile[]): string[] => {
  const measured = files.filter((file) => !isTable(file));
  const findings = measured
    .filter((file) => lineCount(file) > fileLimit.hard)
    .map((file) => `${file.path}: ${lineCount(file)} lines, limit ${fileLimit.hard}`);
  return [...findings, ...overP95("file", measured.map(lineCount), fileLimit)];
};

/** A block of tests is a list, not a function to be read as one. */
const isBlockOfTests = (span: FunctionSpan): boolean =>
  /^(?:describe|suite)$/.test(span.argumentOf);

/** Functions that are too long, and the share of long ones among those that ship and the rest. */
export const longFunctions = (files: readonly SourceFile[]): string[] => {
  const findings: string[] = [];
  const shipped: number[] = [];
  const rest: number[] = [];
  for (const file of files) {
    for (const span of functionsOf(file).filter((found) => !isBlockOfTests(found))) {
      (isProduct(file.path) ? shipped : rest).push(span.lines);
      if (span.lines <= functionLimit.hard) continue;
      const at = `${file.path}:${lineAt(file.text, span.start)}`;
      findings.push(
        `${at}: function "${span.name}": ${span.lines} lines, limit ${functionLimit.hard}`,
      );
    }
  }
  return [
    ...findings,
    ...overP95("function that ships", shipped, functionLimit),
    ...overP95("function of tests, bench and scripts", rest, functionLimit),
  ];
};

/** Lines that need sideways scrolling. */
export const wideLines = (files: readonly SourceFile[]): string[] =>
  files.flatMap((file) =>
    file.lines.flatMap((line, index) => {
      return line.length > widthLimit
        ? [`${file.path}:${index + 1}: ${line.length} characters, limit ${widthLimit}`]
        : [];
    }),
  );

/** Types with so many optional fields that they hide a union. Wire shapes and configuration may. */
export const looseTypes = (files: readonly SourceFile[]): string[] => {
  const findings: string[] = [];
  for (const file of files) {
    if (/^wire\/|^server\/config\//.test(file.path)) continue;
    for (const head of file.code.matchAll(/\b(?:interface|type)\s+(\w+)[^{}();]*\{/g)) {
      const optional = countOptional(file.code, head.index + head[0].length);
      if (optional <= optionalLimit) continue;
      const at = `${file.path}:${lineAt(file.text, head.index)}`;
      findings.push(
        `${at}: type "${head[1]}": ${optional} optional fields, limit ${optionalLimit}`,
      );
    }
  }
  return findings;
};

const countOptional = (code: string, from: number): number => {
  let depth = 1;
  let optional = 0;
  for (let at = from; at < code.length && depth > 0; at += 1) {
    const char = code[at] ?? "";
    if ("({[".includes(char)) depth += 1;
    if (")}]".includes(char)) depth -= 1;
    if (depth === 1 && /^\?\s*[:(]/.test(code.slice(at, at + 8))) optional += 1;
  }
  return optional;
};
