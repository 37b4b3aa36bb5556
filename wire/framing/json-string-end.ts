const quote = 0x22;
const backslash = 0x5c;

/** Most strings are shorter; beyond it one native search costs less than the bytes it passes. */
const loopBytes = 32;

/**
 * Offset of the quote that closes the JSON string whose first byte stands at `from`, or -1 when
 * there is none. Linear in the string, whatever is escaped in it.
 */
export function jsonStringEnd(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const pause = Math.min(bytes.length, at + loopBytes);
    for (; at < pause; at += 1) {
      const byte = bytes[at];
      if (byte === quote) return at;
      if (byte === backslash) at += 1;
    }
    if (at >= bytes.length) return -1;
    const found = bytes.indexOf(quote, at);
    if (found === -1) return -1;
    let before = found - 1;
    while (before >= at && bytes[before] === backslash) before -= 1;
    // An even run of backslashes escapes itself, an odd one the quote.
    if ((found - before) % 2 === 1) return found;
    at = found + 1;
  }
}
