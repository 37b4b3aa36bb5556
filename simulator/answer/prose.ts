import type { Random } from "@sekisho/lib/random/random.ts";
import { lastUserTurn, type Question, type Turn } from "../question.ts";
import { splitTokens } from "../tokenizer.ts";
import type { Language } from "./language.ts";
import { phrasesOf, type Phrases } from "./phrases.data.ts";

const snippetLength = 60;
const toolResultLength = 300;
const mostTitlesNamed = 3;

/** One of a list that is not empty. */
export const pick = <T>(choices: readonly T[], random: Random): T => {
  const choice = choices[Math.floor(random.float() * choices.length)];
  if (choice === undefined) throw new Error("Cannot pick from an empty list");
  return choice;
};

/** The beginning of a text on one line, cut between code points. */
export const snippetOf = (text: string, length: number): string => {
  const line = text.replace(/\s+/g, " ").trim();
  const points = Array.from(line.slice(0, length * 2 + 2));
  return points.length > length ? `${points.slice(0, length).join("")}…` : points.join("");
};

/** `count` of the list, in a drawn order. */
const pickSome = (choices: readonly string[], count: number, random: Random): string[] => {
  const left = [...choices];
  const taken: string[] = [];
  while (taken.length < count && left.length > 0) {
    taken.push(...left.splice(Math.floor(random.float() * left.length), 1));
  }
  return taken;
};

/** The tool results that stand behind the last answer, each with the name of its tool. */
const freshResults = (question: Question): { name: string; text: string }[] => {
  const isTool = (turn: Turn): boolean => turn.role === "tool";
  const begin = question.turns.findLastIndex((turn) => !isTool(turn)) + 1;
  const calls = question.turns[begin - 1]?.calls ?? [];
  const results = question.turns.slice(begin);
  return results.map((turn, n) => ({ name: calls[n]?.name ?? "tool", text: turn.text }));
};

export interface Told {
  readonly question: Question;
  /** The user's words without markers. */
  readonly text: string;
  readonly language: Language;
  readonly titles: readonly string[];
  readonly random: Random;
}

const bodyOf = (told: Told, phrases: Phrases): string[] => {
  const results = freshResults(told.question);
  if (results.length > 0) {
    return results.map(({ name, text }) =>
      phrases.toolSaid(name, snippetOf(text, toolResultLength)),
    );
  }
  const images = lastUserTurn(told.question).images.length;
  const seen = images > 0 ? [phrases.sawImages(images)] : [];
  if (told.titles.length > 0) {
    const named = pickSome(told.titles, mostTitlesNamed, told.random).map(phrases.quote);
    const why = pick(phrases.recommendWhy, told.random);
    return [...seen, phrases.recommend(named.join(phrases.joinTitles)), why];
  }
  const asked = phrases.youAsked(snippetOf(told.text, snippetLength));
  return [...seen, asked, ...pickSome(phrases.sentences, 3, told.random)];
};

/** A few sentences in the language of the question, from what the prompt holds. */
export const writeProse = (told: Told): string => {
  const phrases = phrasesOf[told.language];
  return [...bodyOf(told, phrases), phrases.simulated].join(phrases.gap);
};

/** The text made exactly `tokens` tokens long: shortened, or filled up with sentences. */
export const fitProse = (text: string, tokens: number, language: Language): string[] => {
  const phrases = phrasesOf[language];
  const pieces = splitTokens(text, tokens);
  // A block begins with a gap or an ideograph and ends with a mark: it never joins its neighbours.
  const block = splitTokens(phrases.sentences.map((line) => phrases.gap + line).join(""));
  while (pieces.length < tokens) pieces.push(...block.slice(0, tokens - pieces.length));
  return pieces;
};
