import type { Brackets } from "./brackets.ts";
import { matchBrackets } from "./brackets.ts";
import { lineAt } from "./mask.ts";
import type { SourceFile } from "./source-file.ts";

/** One function, method or arrow with a body. */
export interface FunctionSpan {
  /** What it is called or assigned to, "" when it is neither. */
  readonly name: string;
  /** Offsets of its first parameter's bracket and of the end of its body. */
  readonly start: number;
  readonly end: number;
  /** First line of the head to last line of the body. */
  readonly lines: number;
  /** Whose argument it is: `describe` for a callback of `describe(…)`, else "". */
  readonly argumentOf: string;
}

const control = new Set(["if", "for", "while", "switch", "catch", "await"]);
const typeOperators = new Set(
  "is asserts keyof typeof readonly infer extends unique new".split(" "),
);

const wordBefore = (code: string, at: number): string =>
  /([\w$#]+)\s*(?:<[^<>()]*(?:<[^<>()]*>[^<>()]*)*>)?\s*$/.exec(
    code.slice(Math.max(0, at - 200), at),
  )?.[1] ?? "";

const assignedTo = (code: string, at: number): string =>
  /([\w$#]+)\s*(?::[^=;{}]*)?[=:]\s*(?:async\s*)?$/.exec(
    code.slice(Math.max(0, at - 200), at),
  )?.[1] ?? "";

const skipSpace = (code: string, at: number): number => {
  let next = at;
  while (/\s/.test(code[next] ?? "x")) next += 1;
  return next;
};

const skipAngles = (code: string, at: number): number => {
  let depth = 0;
  for (let next = at; next < code.length; next += 1) {
    if (code[next] === "<") depth += 1;
    if (code[next] === ">" && code[next - 1] !== "=") depth -= 1;
    if (depth === 0) return next + 1;
  }
  return code.length;
};

interface TypeStep {
  readonly next: number;
  /** An operand is still missing: a `{` that follows is a type, not the body. */
  readonly wantsType: boolean;
}

const stepType = (code: string, at: number, brackets: Brackets): TypeStep | null => {
  const char = code[at] ?? "";
  if (char in { "(": 0, "[": 0, "{": 0 }) {
    return { next: (brackets.end.get(at) ?? at) + 1, wantsType: false };
  }
  if (char === "<") return { next: skipAngles(code, at), wantsType: false };
  if (char === '"' || char === "'" || char === "`") {
    return { next: code.indexOf(char, at + 1) + 1, wantsType: false };
  }
  if ("|&?:.".includes(char)) return { next: at + 1, wantsType: true };
  const word = /^[\w$]+/.exec(code.slice(at, at + 100))?.[0];
  if (word === undefined) return null;
  return { next: at + word.length, wantsType: typeOperators.has(word) };
};

/** After a return type's colon: the offset of the body's `{` or of `=>`, -1 when there is none. */
const afterReturnType = (code: string, from: number, brackets: Brackets): number => {
  let at = skipSpace(code, from);
  let wantsType = true;
  let afterGroup = false;
  while (at < code.length) {
    if (code[at] === "{" && !wantsType) return at;
    if (code.startsWith("=>", at)) {
      if (!afterGroup) return at;
      wantsType = true;
      afterGroup = false;
      at = skipSpace(code, at + 2);
      continue;
    }
    afterGroup = code[at] === "(" && wantsType;
    const step = stepType(code, at, brackets);
    if (step === null) return -1;
    wantsType = step.wantsType;
    at = skipSpace(code, step.next);
  }
  return -1;
};

/**
 * What cannot stand in an expression: a `{` right behind an operand, or `=`. The arrow was that of
 * a function type then.
 */
const endsType = (code: string, at: number): boolean => {
  if (code[at] === "=") return /^\s=[^=>]/.test(code.slice(at - 1, at + 2));
  if (code[at] !== "{" || code[at - 1] === "$") return false;
  return /(?:[\w$)\]}]|[^=]>)$/.test(code.slice(0, at).trimEnd().slice(-2));
};

/** The end of an arrow's expression: the first `,` or `;` or closing bracket on its own level. */
const expressionEnd = (code: string, from: number, brackets: Brackets): number => {
  let at = from;
  while (at < code.length && !",;)]}".includes(code[at] ?? "") && !endsType(code, at)) {
    at = (brackets.end.get(at) ?? at) + 1;
  }
  return at - 1;
};

const bodyOf = (code: string, open: number, brackets: Brackets): number => {
  const close = brackets.end.get(open) ?? open;
  let at = skipSpace(code, close + 1);
  if (code[at] === ":") at = afterReturnType(code, at + 1, brackets);
  if (at < 0) return -1;
  if (code[at] === "{") return brackets.end.get(at) ?? -1;
  if (!code.startsWith("=>", at)) return -1;
  const body = skipSpace(code, at + 2);
  return code[body] === "{" ? (brackets.end.get(body) ?? -1) : expressionEnd(code, body, brackets);
};

/** Every function of masked code. */
export const findFunctions = (code: string): FunctionSpan[] => {
  const brackets = matchBrackets(code);
  const found: FunctionSpan[] = [];
  for (const [open, parent] of brackets.parent) {
    if (code[open] !== "(") continue;
    const name = wordBefore(code, open);
    if (control.has(name)) continue;
    const end = bodyOf(code, open, brackets);
    if (end < 0) continue;
    const lines = lineAt(code, end) - lineAt(code, open) + 1;
    const argumentOf = parent >= 0 && code[parent] === "(" ? wordBefore(code, parent) : "";
    found.push({ name: assignedTo(code, open) || name, start: open, end, lines, argumentOf });
  }
  return found;
};

/** Every function of a file. Throws with its path when the scan cannot make sense of it. */
export const functionsOf = (file: SourceFile): FunctionSpan[] => {
  try {
    return findFunctions(file.code);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot scan ${file.path}: ${reason}`, { cause });
  }
};
