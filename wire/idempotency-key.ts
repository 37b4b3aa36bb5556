/** How long a client's own name for its request may be. */
export const idempotencyKeyChars = 255;

const shape = /^[\x21-\x7e]+$/;

/** Is it a name that a client may give its request: visible ASCII characters, 1 to 255 of them? */
export const isIdempotencyKey = (text: string): boolean =>
  text.length <= idempotencyKeyChars && shape.test(text);
