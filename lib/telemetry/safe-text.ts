/** Left alone by JSON, yet a terminal obeys them: DEL, C1 controls, separators, text direction. */
const unsafe = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/gu;

/** What stands in quotes as it is; nearly every value of a log line, and checked in 50 ns. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/u;

const escapeCharacter = (character: string): string =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Does it stand in quotes as it is? */
export const isPlain = (text: string): boolean => plain.test(text);

/** The text in quotes, on one line, without a character that a terminal would obey. */
export const quoted = (text: string): string =>
  plain.test(text) ? `"${text}"` : JSON.stringify(text).replace(unsafe, escapeCharacter);

/** Like `quoted`, without the quotes. */
export const unquoted = (text: string): string => quoted(text).slice(1, -1);

export const cut = (text: string, maxLength: number): string =>
  text.length <= maxLength ? text : `${text.slice(0, maxLength - 1)}…`;

/** What to call a value of which nothing is known. Never throws, as `String` may. */
export const textOf = (value: unknown): string => {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "boolean" || typeof value === "symbol") return String(value);
  return Object.prototype.toString.call(value);
};
