/** Crockford's base32 in lower case: no i, l, o or u to misread. */
export const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

const bodyLength = 26;
const versionAt = 10;
const variantAt = 13;

const notInAlphabet = 255;

/** By character code. */
const valueOf = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = alphabet.indexOf(String.fromCharCode(code));
  return value === -1 ? notInAlphabet : value;
});

const bitsAt = (text: string, at: number): number => valueOf[text.charCodeAt(at)] ?? notInAlphabet;

/** Is this text what `IdSource.newBody` makes: 26 characters that spell a UUIDv7? */
export const isIdBody = (text: string): boolean => {
  if (text.length !== bodyLength) return false;
  for (let at = 0; at < bodyLength; at++) if (bitsAt(text, at) === notInAlphabet) return false;
  const fits128Bits = bitsAt(text, 0) < 8;
  const isVersion7 = bitsAt(text, versionAt) >> 1 === 7;
  const isVariant = ((bitsAt(text, variantAt) >> 2) & 3) === 2;
  return fits128Bits && isVersion7 && isVariant;
};

/** What stands around a body: words in front, behind it a place in a stream or an item's number. */
const idShape = /^(?:[a-z]{1,16}[_-]){0,4}([0-9a-z]{26})(?:[_:][0-9:.]{1,32})?$/;

/** The body of an id as it was shown to somebody, whatever it stands for; null where it is none. */
export function idBodyIn(text: string): string | null {
  const body = idShape.exec(text)?.[1] ?? "";
  return isIdBody(body) ? body : null;
}

/** A UUIDv7 begins with 48 bits of time; the 130 bits of a body begin with two that are unused. */
const timeChars = 10;

/** When an id was made, in epoch milliseconds; null where the text is no id body. */
export function idTimeMs(text: string): number | null {
  if (!isIdBody(text)) return null;
  let ms = 0;
  for (let at = 0; at < timeChars; at++) ms = ms * 32 + bitsAt(text, at);
  return ms;
}
