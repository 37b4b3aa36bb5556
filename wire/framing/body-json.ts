/** JSON that is written already: what stands in it keeps its number literals (WIR-10). */
export class WrittenJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A list of what is written already; null for none. */
export const listOf = (elements: readonly string[]): WrittenJson | null =>
  elements.length === 0 ? null : new WrittenJson(`[${elements.join(",")}]`);

export type Members = Readonly<Record<string, unknown>>;

/**
 * A body with each member once (SEC-5): those that its writer decides about, and of the others
 * those that it does not. What is null or undefined is left out, and stays decided.
 */
export function bodyJson(decided: Members, others: Members = {}): string {
  const members: string[] = [];
  const add = (key: string, value: unknown): void => {
    const json = value instanceof WrittenJson ? value.text : JSON.stringify(value);
    members.push(`${JSON.stringify(key)}:${json}`);
  };
  for (const key in decided) if (isGiven(decided[key])) add(key, decided[key]);
  for (const key in others) {
    if (!Object.hasOwn(decided, key) && isGiven(others[key])) add(key, others[key]);
  }
  return `{${members.join(",")}}`;
}

const isGiven = (value: unknown): boolean => value !== null && value !== undefined;
