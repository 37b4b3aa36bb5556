/** What an element of a conversation is, as far as it decides what may be left out. */
export interface HistoryItem {
  /** `user`: words or media of the user's; `other`: an answer, a call, or no more than results. */
  readonly role: "system" | "user" | "other";
  /** Names under which a call and its result belong together. */
  readonly calls: readonly string[];
  readonly results: readonly string[];
}

/** Where a dialect's conversation stands in a body, and how it is read. */
export interface HistoryWords {
  readonly list: "messages" | "input" | "contents";
  /** May an instruction stand without the turn that it stood in? */
  readonly systemStandsAlone: boolean;
  /** What the user asked and what was answered, as elements of the conversation. */
  exchange(asked: string, answered: string): readonly unknown[];
  /** Of an element that was found right. */
  itemOf(element: unknown): HistoryItem;
}

/** In the words of all dialects whose messages may be a text. */
export const plainExchange: HistoryWords["exchange"] = (asked, answered) => [
  { role: "user", content: asked },
  { role: "assistant", content: answered },
];

/**
 * Which elements may be left out together, oldest first: each turn from the user's words to the
 * next ones, but for the last one. Instructions stay, calls and their results stay together, and
 * what stays begins with the user (MON-5).
 */
export function droppableTurns(
  items: readonly HistoryItem[],
  { systemStandsAlone }: Pick<HistoryWords, "systemStandsAlone">,
): number[][] {
  const lastUser = items.findLastIndex(({ role }) => role === "user");
  const starts = turnStarts(items).filter((start) => start <= lastUser);
  const turns = starts.map((start, index) => range(starts[index - 1] ?? 0, start));
  return turns.flatMap((turn) => {
    const said = turn.filter((index) => items[index]?.role !== "system");
    const isKept = said.length < turn.length && !systemStandsAlone;
    return said.length === 0 || isKept ? [] : [said];
  });
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** Where the user begins, and no result behind belongs to a call before. */
function turnStarts(items: readonly HistoryItem[]): number[] {
  const starts: number[] = [];
  /** Results behind whose calls have not been met yet, by name: names may come again. */
  const missing = new Map<string, number>();
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const { role, calls, results } = items[index] as HistoryItem; // within its bounds
    for (const name of results) missing.set(name, (missing.get(name) ?? 0) + 1);
    for (const name of calls) {
      const left = (missing.get(name) ?? 0) - 1;
      if (left > 0) missing.set(name, left);
      else missing.delete(name);
    }
    if (role === "user" && results.length === 0 && missing.size === 0) starts.unshift(index);
  }
  return starts;
}
