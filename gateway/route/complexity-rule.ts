import { WordFinder, type SoughtWord } from "@sekisho/lib/text/word-finder.ts";
import type { ComplexityRule, ComplexityScores, WordSignal } from "../complexity.ts";
import {
  costlyWords,
  easierWords,
  harderWords,
  hiddenWords,
  simpleWords,
  strongWords,
} from "./complexity-words.data.ts";

/** Outweighs all that can speak for a simple request. */
export const decisivePoints = 100;

/** What an administrator decides of a rule. */
export interface RuleSettings {
  readonly score: ComplexityScores;
  readonly shortBelowChars: number;
  readonly longAboveChars: number;
  readonly simpleAtMostPoints: number;
  /** Words of one's own, beside those of REF-5. */
  readonly words: { readonly simple: readonly string[]; readonly strong: readonly string[] };
}

/** REF-5, and beside it all other signals. */
export const usualRule: RuleSettings = {
  score: "all",
  shortBelowChars: 50,
  longAboveChars: 200,
  simpleAtMostPoints: -2,
  words: { simple: [], strong: [] },
};

type Sought = SoughtWord<WordSignal>;

export function complexityRule(settings: RuleSettings): ComplexityRule {
  const { score, shortBelowChars, longAboveChars, simpleAtMostPoints, words } = settings;
  const own = [
    ...soughtAs(words.strong, { name: "own word", points: decisivePoints, group: "own strong" }),
    // A greeting and a price are one sign together (REF-5), and so is a word of one's own.
    ...soughtAs(words.simple, { name: "own word", points: -1, group: "simple" }),
  ];
  const finder = new WordFinder([...own, ...(score === "reference" ? reference : all)]);
  const countsWidth = score === "all";
  return { shortBelowChars, countsWidth, longAboveChars, simpleAtMostPoints, words: finder };
}

const soughtAs = (words: readonly string[], signal: WordSignal): Sought[] =>
  words.map((word) => ({ word, class: signal }));

/** Each list with what its words are worth; without a group of its own, that of its name. */
function listed(
  lists: Readonly<Record<string, string>>,
  points: number,
  group: string | null,
): Sought[] {
  return Object.entries(lists).flatMap(([name, list]) =>
    soughtAs(wordsOf(list), { name, points, group: group ?? name }),
  );
}

const wordsOf = (list: string): string[] =>
  list
    .split(/[,\n]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");

const hidden: readonly Sought[] = wordsOf(hiddenWords).map((word) => ({ word, class: null }));

const reference: readonly Sought[] = [
  ...hidden,
  ...listed(strongWords, decisivePoints, null),
  ...listed(simpleWords, -1, "simple"),
];

const all: readonly Sought[] = [
  ...reference,
  ...listed(costlyWords, 2, null),
  ...listed(harderWords, 1, null),
  ...listed(easierWords, -1, null),
];
