/** The longest text in which an instruction is looked for. */
const longestRead = 20_000;

const politely = String.raw`^\s*(?:please\s+)?(?:just\s+|only\s+)?`;
const rest = String.raw`\s*[:：]?\s*(\S[^]*)$`;

/** Each has the words to be said as its last group. */
const instructions: readonly RegExp[] = [
  new RegExp(
    String.raw`\b(?:reply|respond|answer)\s+(?:with\s+)?(?:exactly|only|just)(?:\s+with)?` +
      String.raw`(?:\s+th(?:e|is|ese)\s+(?:words?|text|phrase|string|sentence))?` +
      String.raw`(?:\s+this(?=\s*[:：]))?${rest}`,
    "i",
  ),
  /\b(?:reply|respond|answer)\s+with\s*[:：]?\s*(["“'「][^]*)$/i,
  new RegExp(
    String.raw`${politely}(?:repeat|echo)` +
      String.raw`(?:\s+(?:after\s+me|exactly|back|this|the\s+following))*\s*[:：]\s*(\S[^]*)$`,
    "i",
  ),
  new RegExp(String.raw`${politely}say(?:\s+(?:exactly|only|just|the\s+words?))*${rest}`, "i"),
  /「([^」]+)」と(?:だけ|のみ|そのまま)?(?:言|い|答え|返|繰り返|出力)/,
  /(?:次|以下)の[^:：\n]{1,20}(?:繰り返|返|出力|答え)[^:：\n]{0,20}[:：]\s*(\S[^]*)$/,
  /(?:说|回复|回答|重复|输出)\s*[:：]?\s*[「“"『]([^」”"』]+)[」”"』]/,
  /^\s*请?(?:只|仅|原样)?(?:回复|回答|重复|输出|说)\s*[:：]\s*(\S[^]*)$/,
];

const quotes: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "“": "”",
  "‘": "’",
  "「": "」",
  "『": "』",
  "`": "`",
};

/** The inside of a text that is quoted as a whole; a full stop may follow the quotation. */
const unquote = (text: string): string => {
  const closing = quotes[text.charAt(0)];
  if (closing === undefined) return text;
  const bare = text.replace(/[.。]$/, "");
  return bare.length > 2 && bare.endsWith(closing) ? bare.slice(1, -1) : text;
};

/** What the text plainly asks to be said ("Reply with exactly: …"), null when it does not. */
export const wordsToSay = (text: string): string | null => {
  const read = text.slice(0, longestRead);
  for (const instruction of instructions) {
    const words = instruction.exec(read)?.[1];
    if (words !== undefined) return unquote(words.trim());
  }
  return null;
};
