import type { WordFinder } from "@sekisho/lib/text/word-finder.ts";

/** What an answer needs: a small model, or a strong one (RTE-5). */
export type Complexity = "simple" | "strong";

/** Which signals count: those of REF-5 alone, or all. */
export const complexityScores = ["all", "reference"] as const;
export type ComplexityScores = (typeof complexityScores)[number];

/** How many points a word is worth, and what it is said to mean. */
export interface WordSignal {
  readonly name: string;
  readonly points: number;
  /** Of the words of one group the first counts, however many there are. */
  readonly group: string;
}

/** By what messages are judged. */
export interface ComplexityRule {
  /** A message of fewer characters is short. */
  readonly shortBelowChars: number;
  /** Does a short message count as one no more when it is as wide as one that is not short? */
  readonly countsWidth: boolean;
  /** One of more characters is strong. */
  readonly longAboveChars: number;
  /** A request with this many points or fewer is simple. */
  readonly simpleAtMostPoints: number;
  readonly words: WordFinder<WordSignal>;
}

/** One thing that spoke for or against a simple request. */
export interface Signal {
  readonly name: string;
  /** Below zero for a simple request, above it for a strong one. */
  readonly points: number;
  /** The word by which it was found, as the list has it; never the client's own text. */
  readonly word: string | null;
}

/** A request that was judged. */
export interface Judgement {
  readonly complexity: Complexity;
  readonly points: number;
  readonly signals: readonly Signal[];
}
