const encoded = /(?:%[\dA-F]{2})+/g;

/** What hides, breaks or ends a text: controls, marks of direction, line ends, quotes, slashes. */
const unreadable = /[\p{C}\p{Zl}\p{Zp}%"/]/gu;

/**
 * A percent-encoded text for people: `anna%40example.com` is `anna@example.com`. What no terminal
 * should get, and what would end a name or a quotation, stays encoded; so does what is no UTF-8.
 */
export const readablePercent = (text: string): string => text.replace(encoded, readable);

function readable(run: string): string {
  try {
    return decodeURIComponent(run).replace(unreadable, (char) => encodeURIComponent(char));
  } catch {
    return run;
  }
}
