import type { Question, ToolOffer, Turn } from "./question.ts";

/** Tokens of a prompt that stand for no text. A caller's upper bound has to contain them. */
export const promptConstants = {
  perRequest: 3,
  perMessage: 4,
  perTool: 8,
  perSchema: 8,
  imageLow: 85,
  imageHigh: 765,
} as const;

const kinds = { letter: 1, digit: 2, blank: 3, mark: 4, foreign: 5, wide: 6 } as const;

const ascii = new Uint8Array(128).map((_, code) => {
  const char = String.fromCharCode(code);
  if (/[a-z]/i.test(char)) return kinds.letter;
  if (/[0-9]/.test(char)) return kinds.digit;
  return /\s/.test(char) ? kinds.blank : kinds.mark;
});

const kindOf = (code: number): number => {
  if (code < 128) return ascii[code] ?? kinds.mark;
  return code < 0x3000 ? kinds.foreign : kinds.wide;
};

/** The longest run of one kind that is still one token. */
const longestRun: readonly number[] = [0, 6, 3, 16, 1, 2, 1];

const space = 0x20;

const isPair = (text: string, at: number): boolean =>
  (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;

const isWordKind = (kind: number): boolean => kind === kinds.letter || kind === kinds.digit;

/**
 * Where the token that starts at `start` ends. A token is a word of up to six letters with the
 * space before it, up to three digits, a run of blanks, one mark, two letters of another alphabet,
 * or one ideograph, kana or emoji. It never splits a code point and has at least one byte of UTF-8,
 * so a text never has more tokens than bytes.
 */
const tokenEnd = (text: string, start: number): number => {
  let from = start;
  if (text.charCodeAt(start) === space && isWordKind(kindOf(text.charCodeAt(start + 1)))) from += 1;
  const kind = kindOf(text.charCodeAt(from));
  if (kind === kinds.wide) return isPair(text, from) ? from + 2 : from + 1;
  const limit = Math.min(text.length, from + (longestRun[kind] ?? 1));
  let end = from + 1;
  while (end < limit && kindOf(text.charCodeAt(end)) === kind) end += 1;
  return end;
};

/** The number of tokens of a text; 0 for the empty one. */
export const countTokens = (text: string): number => {
  let count = 0;
  for (let at = 0; at < text.length; at = tokenEnd(text, at)) count += 1;
  return count;
};

/** The tokens of a text, at most `limit`; joined they are the text, or its beginning. */
export const splitTokens = (text: string, limit: number = Infinity): string[] => {
  const pieces: string[] = [];
  for (let at = 0; at < text.length && pieces.length < limit;) {
    const end = tokenEnd(text, at);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
};

/** Tokens of a JSON value: its strings and names, and one for each other value. */
export const countJsonTokens = (value: unknown): number => {
  if (typeof value === "string") return countTokens(value);
  if (value === null || typeof value !== "object") return value === undefined ? 0 : 1;
  let count = 1;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) count += countTokens(name);
    count += countJsonTokens(inner);
  }
  return count;
};

/** Tokens of one turn of a prompt. */
export const countTurn = (turn: Turn): number => {
  let count = promptConstants.perMessage + countTokens(turn.text);
  for (const text of turn.documents) count += countTokens(text);
  for (const detail of turn.images) {
    count += detail === "low" ? promptConstants.imageLow : promptConstants.imageHigh;
  }
  for (const call of turn.calls) count += countTokens(call.name) + countTokens(call.arguments);
  return count;
};

/** Tokens of one tool in a prompt. */
export const countTool = ({ name, description, parameters }: ToolOffer): number =>
  promptConstants.perTool +
  countTokens(name) +
  countTokens(description) +
  countJsonTokens(parameters);

/** Tokens of a prompt as this provider counts and bills them. */
export const countPrompt = (question: Question): number => {
  let count: number = promptConstants.perRequest;
  for (const turn of question.turns) count += countTurn(turn);
  for (const tool of question.tools) count += countTool(tool);
  if (question.format.kind === "schema") {
    count += promptConstants.perSchema + countJsonTokens(question.format.schema);
  }
  return count;
};
