import type { Question } from "../question.ts";
import type { Language } from "./language.ts";

const longestRead = 65_536;
const mostTitles = 20;

const value = String.raw`[ \t]*(\S[^\n|;]{0,119})`;

/** A field of JSON or a line `title_ja: …`: first group the language, second the title. */
const fields: readonly RegExp[] = [
  /"(?:title|name|series)(?:_(ja|en|zh)\w*)?"\s*:\s*"((?:[^"\\]|\\.){1,120})"/g,
  new RegExp(
    String.raw`^[ \t]*(?:[-*•][ \t]*|\d+[.)][ \t]*)?` +
      String.raw`(?:title|name|series)(?:_(ja|en|zh)\w*)?[ \t]*[:=：]${value}`,
    "gim",
  ),
];
const unnamed: readonly RegExp[] = [
  /『([^『』\n]{1,80})』/g,
  /《([^《》\n]{1,80})》/g,
  new RegExp(
    `^[ \\t]*[-*•]?[ \\t]*(?:タイトル|作品名|书名|書名|标题|標題)[ \\t]*[:：]${value}`,
    "gm",
  ),
];

interface Found {
  readonly language: string | null;
  readonly title: string;
}

const findIn = (text: string): Found[] => {
  const found: Found[] = [];
  for (const field of fields) {
    for (const [, language, title] of text.matchAll(field)) {
      found.push({ language: language?.toLowerCase() ?? null, title: title ?? "" });
    }
  }
  for (const pattern of unnamed) {
    for (const [, title] of text.matchAll(pattern)) {
      found.push({ language: null, title: title ?? "" });
    }
  }
  return found;
};

const tidy = (title: string): string =>
  title
    .trim()
    .replace(/^["『《「]+|["』》」,]+$/g, "")
    .trim();

/**
 * Titles that stand in the prompt, in order, each once: fields `title`, `title_ja` … of a context
 * block and names in 『』 or 《》. Where the block has titles in the language of the answer, these.
 */
export const titlesIn = (question: Question, language: Language): string[] => {
  const text = question.turns
    .flatMap((turn) => [...turn.documents, turn.text])
    .join("\n")
    .slice(-longestRead);
  const found = findIn(text);
  const own = found.filter((entry) => entry.language === language);
  const titles = (own.length > 0 ? own : found).map((entry) => tidy(entry.title));
  return [...new Set(titles)].filter((title) => title !== "").slice(0, mostTitles);
};
