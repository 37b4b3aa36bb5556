import type { Random } from "@sekisho/lib/random/random.ts";
import { isJsonObject, type JsonObject } from "../fields.ts";
import type { Question, ToolOffer } from "../question.ts";
import { fillSchema } from "./schema/fill-schema.ts";
import type { Hints } from "./schema/hints.ts";
import { resolveSchema } from "./schema/resolve-schema.ts";
import { emptyToolWords, toolWords } from "./tool-words.data.ts";

const mostCalls = 8;

/** A call to be made: which tool, and its arguments as JSON. */
export interface PlannedCall {
  readonly name: string;
  readonly arguments: string;
}

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

const isSaid = (word: string, text: string, textWords: ReadonlySet<string>): boolean =>
  textWords.has(word) || textWords.has(`${word}s`) || toolWords[word]?.test(text) === true;

/** 2: named outright; 1: every word that matters is there; else the share of such words. */
const relevance = (tool: ToolOffer, text: string): number => {
  const textWords = new Set(wordsOf(text));
  if (text.toLowerCase().includes(tool.name.toLowerCase())) return 2;
  const words = wordsOf(tool.name).filter((word) => !emptyToolWords.has(word));
  if (words.length === 0) return 0;
  return words.filter((word) => isSaid(word, text, textWords)).length / words.length;
};

const chooseOffers = (question: Question, text: string): ToolOffer[] => {
  const { tools, toolUse } = question;
  if (toolUse.kind === "named") return tools.filter((tool) => tool.name === toolUse.name);
  const ranked = tools.map((tool) => ({ tool, score: relevance(tool, text) }));
  const asked = ranked.filter(({ score }) => score >= 1).map(({ tool }) => tool);
  if (asked.length > 0 || toolUse.kind === "auto") return asked;
  const best = ranked.reduce<(typeof ranked)[number] | undefined>(
    (top, next) => (top === undefined || next.score > top.score ? next : top),
    undefined,
  );
  return best === undefined ? [] : [best.tool];
};

const isFree = (schema: JsonObject): boolean =>
  schema["type"] === "string" && !["enum", "const", "format", "pattern"].some((k) => k in schema);

/** Does the tool take one word about which several calls make sense ("in Paris and in Rome")? */
const takesOneWord = (tool: ToolOffer): boolean => {
  const schema = resolveSchema(tool.parameters, tool.parameters);
  const { properties, required } = schema;
  if (!isJsonObject(properties) || !Array.isArray(required)) return false;
  const free = required.filter(
    (name) => typeof name === "string" && isFree(resolveSchema(properties[name], tool.parameters)),
  );
  return free.length === 1;
};

/** The hints for each call of one tool: one per quoted word or name, if that makes sense. */
const hintsPerCall = (tool: ToolOffer, question: Question, hints: Hints): Hints[] => {
  const subjects = hints.quoted.length > 0 ? hints.quoted : hints.names;
  if (!question.parallelTools || subjects.length < 2 || !takesOneWord(tool)) return [hints];
  return subjects.map((word) => ({ ...hints, quoted: [word], names: [word] }));
};

/**
 * The calls a model would make: the tool that is named or demanded, every tool the user plainly
 * asks for, several of them and several times one where parallel calls are allowed. None after
 * tool results: those are answered.
 */
export const chooseTools = (question: Question, hints: Hints, random: Random): PlannedCall[] => {
  const { tools, toolUse, turns } = question;
  if (tools.length === 0 || toolUse.kind === "none") return [];
  if (turns.at(-1)?.role === "tool" && toolUse.kind === "auto") return [];
  const planned = chooseOffers(question, hints.text).flatMap((tool) =>
    hintsPerCall(tool, question, hints).map((own) => ({
      name: tool.name,
      arguments: JSON.stringify(fillSchema(tool.parameters ?? {}, own, random)),
    })),
  );
  return planned.slice(0, question.parallelTools ? mostCalls : 1);
};
