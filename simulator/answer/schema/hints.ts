import type { Language } from "../language.ts";

/** What is known of the conversation when a value has to be made up. */
export interface Hints {
  /** The property that is being filled, "" at the root. */
  readonly property: string;
  /** The user's words. */
  readonly text: string;
  readonly snippet: string;
  readonly prose: string;
  readonly language: Language;
  readonly titles: readonly string[];
  readonly quoted: readonly string[];
  /** Capitalised words and Japanese or Chinese place names. */
  readonly names: readonly string[];
  /** Words with digits in them, such as order numbers. */
  readonly codes: readonly string[];
  readonly numbers: readonly number[];
}

const longestRead = 8_192;
const quotations = /["“「『《]([^"”」』》\n]{1,80})["”」』》]/g;
const capitalised = /(?<=\S\s+)\p{Lu}\p{Ll}+(?:\s\p{Lu}\p{Ll}+)*/gu;
const places = /東京|大阪|京都|札幌|福岡|名古屋|横浜|神戸|仙台|広島|东京|北京|上海|广州|台北|香港/g;
const coded = /(?<![\w-])(?=[\w-]*\d)[A-Za-z\d][\w-]{2,39}/g;
const numeric = /(?<![\w.-])-?\d{1,9}(?:\.\d{1,6})?(?![\w-])/g;

const all = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map((found) => found[1] ?? found[0])),
];

/** Capitalised words that are no names of anything. */
const common = new Set(
  (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May " +
    "June July August September October November December Please What How Is Use The I Celsius " +
    "Fahrenheit JSON"
  ).split(" "),
);

/** What the user's words offer for the filling of schemas. */
export const readHints = (
  text: string,
  told: Pick<Hints, "snippet" | "prose" | "language" | "titles">,
): Hints => {
  const read = text.slice(0, longestRead);
  // A quotation is a title or a phrase; the words in it are not names of their own.
  const bare = read.replace(quotations, "x");
  const names = [...all(bare, capitalised), ...all(bare, places)];
  return {
    ...told,
    property: "",
    text: read,
    quoted: all(read, quotations),
    names: names.filter((name) => !common.has(name)),
    codes: all(read, coded),
    numbers: all(read, numeric).map(Number),
  };
};
