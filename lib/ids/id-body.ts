/** Crockford's base32 in lower case: no i, l, o or u to misread. */
export const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

const bodyLength = 26;
const versionAt = 10;
const variantAt = 13;

/** 255 marks a character that is not in the alphabet. */
const valueOf = new Uint8Array(128).fill(255);
for (let value = 0; value < alphabet.length; value++) valueOf[alphabet.charCodeAt(value)] = value;

const bitsAt = (text: string, at: number): number => valueOf[text.charCodeAt(at)] ?? 255;

/** Is this text what `IdSource.newBody` makes: 26 characters that spell a UUIDv7? */
export const isIdBody = (text: string): boolean => {
  if (text.length !== bodyLength) return false;
  for (let at = 0; at < bodyLength; at++) if (bitsAt(text, at) === 255) return false;
  const fits128Bits = bitsAt(text, 0) < 8;
  const isVersion7 = bitsAt(text, versionAt) >> 1 === 7;
  const isVariant = ((bitsAt(text, variantAt) >> 2) & 3) === 2;
  return fits128Bits && isVersion7 && isVariant;
};
