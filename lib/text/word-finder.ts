/** A word that is looked for, and what it stands for; null: it hides the words inside of it. */
export interface SoughtWord<Class> {
  readonly word: string;
  readonly class: Class | null;
}

/**
 * Which of the scripts that keep words apart a unit belongs to: 1 for Latin letters and digits, 2
 * for katakana, in which Japanese spells foreign words, 0 for all others.
 */
function scriptOf(unit: number): number {
  if (
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0xdf && unit <= 0x24f && unit !== 0xf7)
  ) {
    return 1;
  }
  return (unit >= 0x30a1 && unit <= 0x30fa) || unit === 0x30fc ? 2 : 0;
}

/** Is there no end of a word between these two? */
const isOneWord = (unit: number, next: number): boolean =>
  scriptOf(unit) > 0 && scriptOf(unit) === scriptOf(next);

/** The first two units as a number; of a word of one unit that one alone. */
const beginningAt = (text: string, at: number, length: number): number =>
  text.charCodeAt(at) * 0x1_00_00 + (length > 1 ? text.charCodeAt(at + 1) : 0);

/** One spelling of what looks the same: width, case, apostrophes and runs of white space. */
export const foldText = (text: string): string =>
  text.normalize("NFKC").toLowerCase().replaceAll("’", "'").replaceAll(/\s+/gu, " ").trim();

/**
 * Finds words in texts of any script. Where a script keeps its words apart, a word is found whole
 * and never inside another one. Kanji, hanzi and hiragana do not: there the longest word that
 * begins at a place is taken, and what it covers is not looked at again.
 */
export class WordFinder<Class> {
  /** By how they begin, the longest first: so a few words are compared at a place, not hundreds. */
  readonly #byBeginning = new Map<number, SoughtWord<Class>[]>();

  /** Of two that are spelled the same the first counts. */
  constructor(words: Iterable<SoughtWord<Class>>) {
    const known = new Set<string>();
    for (const { word, class: of } of words) {
      const folded = foldText(word);
      if (folded === "" || known.has(folded)) continue;
      known.add(folded);
      const beginning = beginningAt(folded, 0, folded.length);
      const others = this.#byBeginning.get(beginning) ?? [];
      others.push({ word: folded, class: of });
      this.#byBeginning.set(beginning, others);
    }
    for (const words of this.#byBeginning.values()) {
      words.sort((one, other) => other.word.length - one.word.length);
    }
  }

  /** The first word of each class in a text that was folded, in the order of the text. */
  find(folded: string): Map<Class, string> {
    const found = new Map<Class, string>();
    for (let at = 0; at < folded.length;) {
      const unit = folded.charCodeAt(at);
      const isInside = isOneWord(folded.charCodeAt(at - 1), unit);
      const match = isInside ? undefined : this.#matchAt(folded, at);
      if (match === undefined) {
        at += 1;
        continue;
      }
      if (match.class !== null && !found.has(match.class)) found.set(match.class, match.word);
      at += match.word.length;
    }
    return found;
  }

  #matchAt(text: string, at: number): SoughtWord<Class> | undefined {
    return this.#match(text, at, 2) ?? this.#match(text, at, 1);
  }

  #match(text: string, at: number, length: number): SoughtWord<Class> | undefined {
    const words = this.#byBeginning.get(beginningAt(text, at, length));
    if (words === undefined) return undefined;
    for (const sought of words) {
      if (!text.startsWith(sought.word, at)) continue;
      const end = at + sought.word.length;
      if (!isOneWord(text.charCodeAt(end - 1), text.charCodeAt(end))) return sought;
    }
    return undefined;
  }
}
