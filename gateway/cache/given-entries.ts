import type { CachedAnswer, AnswerEntry } from "./cached-answer.ts";
import { entriesOfEvents, eventsOf } from "./answer-events.ts";

/**
 * A kept answer as somebody reads it who has asked in this form: its bytes as they are where they
 * are its own words, else events. Null where they cannot be read in any other.
 */
export function givenEntries(
  { facts, entries }: Pick<CachedAnswer, "facts" | "entries">,
  form: string,
): readonly AnswerEntry[] | null {
  if (facts.form === null || facts.form === form) return entries;
  const [surface, isStream] = readForm(facts.form);
  const events = eventsOf({ surface, isStream, entries });
  return events === null ? null : entriesOfEvents(events);
}

/** As `formOf` wrote it. */
export function readForm(form: string): readonly [surface: string, isStream: boolean] {
  // Nobody else writes them.
  const [surface, isStream] = JSON.parse(form) as readonly [string, boolean];
  return [surface, isStream];
}
