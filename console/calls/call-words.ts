/** What the gateway calls something, in our words; as it is where we know none. */
export const wordOf = (words: Readonly<Record<string, string>>, name: string): string =>
  (Object.hasOwn(words, name) ? words[name] : undefined) ?? name;

/** What went where; null where nothing did. */
export function targetText(row: {
  readonly provider: string | null;
  readonly region: string | null;
  readonly model: string | null;
}): string | null {
  const parts = [row.provider, row.region, row.model].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(" · ");
}
