/** A word that is looked for, and what it stands for; null: it hides the words inside of it. */
export interface SoughtWord<Class> {
  readonly word: string;
  readonly class: Class | null;
}

/** A letter or digit of a script that separates its words: Latin, with or without accents. */
function isSpelled(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0xdf && unit <= 0x24f && unit !== 0xf7)
  );
}

/** One spelling of what looks the same: width, case, apostrophes and runs of white space. */
export const foldText = (text: string): string =>
  text.normalize("NFKC").toLowerCase().replaceAll("’", "'").replaceAll(/\s+/gu, " ").trim();

/**
 * Finds words in texts of any script. Where a script separates its words, a word is found whole and
 * never inside another one. Japanese and Chinese do not: there the longest word that begins at a
 * place is taken, and what it covers is not looked at again.
 */
export class WordFinder<Class> {
  /** By their first unit, the longest first. */
  readonly #byFirst = new Map<number, SoughtWord<Class>[]>();

  /** Of two that are spelled the same the first counts. */
  constructor(words: Iterable<SoughtWord<Class>>) {
    const known = new Set<string>();
    for (const { word, class: of } of words) {
      const folded = foldText(word);
      if (folded === "" || known.has(folded)) continue;
      known.add(folded);
      const first = folded.charCodeAt(0);
      const others = this.#byFirst.get(first) ?? [];
      others.push({ word: folded, class: of });
      this.#byFirst.set(first, others);
    }
    for (const words of this.#byFirst.values()) {
      words.sort((one, other) => other.word.length - one.word.length);
    }
  }

  /** The first word of each class in a text that was folded, in the order of the text. */
  find(folded: string): Map<Class, string> {
    const found = new Map<Class, string>();
    let isInside = false;
    for (let at = 0; at < folded.length;) {
      const unit = folded.charCodeAt(at);
      const isBegun = isInside && isSpelled(unit);
      const match = isBegun ? undefined : this.#matchAt(folded, at, unit);
      if (match === undefined) {
        isInside = isSpelled(unit);
        at += 1;
        continue;
      }
      if (match.class !== null && !found.has(match.class)) found.set(match.class, match.word);
      at += match.word.length;
      isInside = isSpelled(folded.charCodeAt(at - 1));
    }
    return found;
  }

  #matchAt(text: string, at: number, unit: number): SoughtWord<Class> | undefined {
    return this.#byFirst.get(unit)?.find(({ word }) => {
      if (!text.startsWith(word, at)) return false;
      const end = at + word.length;
      const isOpen = isSpelled(text.charCodeAt(end - 1)) && isSpelled(text.charCodeAt(end));
      return !isOpen;
    });
  }
}
