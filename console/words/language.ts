import { createContext, use } from "react";
import { figuresOf, type Figures } from "./figures.ts";
import { words, type Language } from "./languages.ts";
import type { Words } from "./words.ts";

/** The language of the page: its texts and how it writes figures. */
export interface Wording {
  readonly language: Language;
  readonly words: Words;
  readonly figures: Figures;
}

export const wordingOf = (language: Language): Wording => ({
  language,
  words: words[language],
  figures: figuresOf(language, words[language]),
});

export const WordingContext = createContext<Wording>(wordingOf("en"));

export const useWording = (): Wording => use(WordingContext);
