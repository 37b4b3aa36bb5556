/** How many tags a key may have (MON-14). */
export const maxTags = 8;

/** No blank, comma or semicolon: those part tags from one another. */
export const tagShape = /^[A-Za-z0-9._:-]{1,32}$/;

export const tagWords = "1 to 32 letters, digits and ._-:";

/** As keys have them: sorted, none twice. */
export const inOrder = (tags: readonly string[]): readonly string[] =>
  [...new Set(tags)].toSorted();
