import { english } from "./english.data.ts";
import { japanese } from "./japanese.data.ts";
import type { Words } from "./words.ts";

export const languages = ["en", "ja"] as const;
export type Language = (typeof languages)[number];

export const words: Readonly<Record<Language, Words>> = { en: english, ja: japanese };

/** The first language of the browser's list that we speak. */
export function languageOf(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const found = languages.find((language) => tag.toLowerCase().split("-")[0] === language);
    if (found !== undefined) return found;
  }
  return "en";
}
