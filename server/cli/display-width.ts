/** Characters that take two columns: East Asian Wide and Fullwidth of Unicode 17, and emoji. */
const wideBlocks = [
  String.raw`\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf`,
  String.raw`\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6`,
  String.raw`\u{16fe0}-\u{18d8f}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}`,
].join("");
const wide = new RegExp(String.raw`[${wideBlocks}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f`, "u");
const invisible = /^(?:\p{M}|\p{Cf}|\p{Cc})+$/u;

/** Columns that a terminal gives a text: 2 for 漫, 1 for a, 0 for a combining mark alone. */
export function displayWidth(text: string): number {
  // The segmenter costs microseconds a character: plain text does without.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)) {
    if (wide.test(segment)) width += 2;
    else if (!invisible.test(segment)) width += 1;
  }
  return width;
}
