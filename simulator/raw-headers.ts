/** The first value of a header in a flat list of names and values; `name` in lower case. */
export const headerOf = (rawHeaders: readonly string[], name: string): string | null => {
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const raw = rawHeaders[n] ?? "";
    if (raw.length === name.length && raw.toLowerCase() === name) return rawHeaders[n + 1] ?? null;
  }
  return null;
};

/** The names of such a list, in lower case. */
export const namesOf = (rawHeaders: readonly string[]): readonly string[] =>
  rawHeaders.filter((_, n) => n % 2 === 0).map((name) => name.toLowerCase());
