import type { Random } from "@sekisho/lib/random/random.ts";
import type { Language } from "./language.ts";
import { pick } from "./prose.ts";

const inventedTitles: Readonly<Record<Language, readonly string[]>> = {
  ja: ["月影の配達人", "硝子の将棋盤", "雨音工房の七人"],
  en: ["The Moonlight Courier", "A Chessboard of Glass", "Seven of the Rain Workshop"],
  zh: ["月影信使", "玻璃棋盘", "雨声工坊七人"],
};

const wrongPrices: Readonly<Record<Language, string>> = {
  ja: "価格は4,321円です。",
  en: " It costs 4,321 yen.",
  zh: "价格是4,321日元。",
};

const strays: Readonly<Record<Language, string>> = {
  ja: " By the way, this one sells out fast.",
  en: "なお、こちらは人気の商品です。",
  zh: " By the way, this one sells out fast.",
};

const markup = '<img src=x onerror="alert(1)">';
const foreignLink = " https://cheap-manga.example.net/buy";

/** The titles, each replaced by an invented one with this probability. */
export const inventTitles = (
  titles: readonly string[],
  language: Language,
  chance: { readonly probability: number; readonly random: Random },
): readonly string[] =>
  titles.map((title) =>
    chance.random.float() < chance.probability
      ? pick(inventedTitles[language], chance.random)
      : title,
  );

/** The text with defects that a checker should find, each with this probability. */
export const plantDefects = (
  text: string,
  language: Language,
  chance: { readonly probability: number; readonly random: Random },
): string => {
  const defects = [wrongPrices[language], strays[language], markup, foreignLink];
  const planted = defects.filter(() => chance.random.float() < chance.probability);
  return text + planted.join("");
};
