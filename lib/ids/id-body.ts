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

/** A UUIDv7 begins with 48 bits of time; the 130 bits of a body begin with two that are unused. */
const timeChars = 10;

/** When an id was made, in epoch milliseconds; null where the text is no id body. */
export function idTimeMs(text: string): number | null {
  if (!isIdBody(text)) return null;
  let ms = 0;
  for (let at = 0; at < timeChars; at++) ms = ms * 32 + bitsAt(text, at);
  return ms;
}
