import { lastUserTurn, type Question } from "../question.ts";

export type Language = "ja" | "en" | "zh";

const kana = /[\u3041-\u30ff\uff66-\uff9f]/;
const han = /[\u3400-\u9fff]/;
/** Characters that only simplified Chinese writes. */
const simplified = /[们这个么吗说请给书买卖对时间问题为没谁还让认识爱东车乐见门马鸟鱼]/;
const longestSearched = 20_000;

const languageOf = (text: string): Language | null => {
  const head = text.slice(0, longestSearched);
  if (kana.test(head)) return "ja";
  if (!han.test(head)) return null;
  return simplified.test(head) ? "zh" : null;
};

/**
 * The language to answer in: the script of the question. Ideographs alone are Japanese when kana
 * stand elsewhere in the conversation, else Chinese; everything else is answered in English.
 */
export const detectLanguage = (question: Question, text: string): Language => {
  const own = languageOf(text);
  if (own !== null) return own;
  if (!han.test(text.slice(0, longestSearched))) return "en";
  const others = question.turns.filter((turn) => turn !== lastUserTurn(question));
  return others.some((turn) => languageOf(turn.text) === "ja") ? "ja" : "zh";
};
