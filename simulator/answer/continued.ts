import { lastUserTurn, type Question, type Turn } from "../question.ts";

/** What a user says who wants a text to go on where it ended. */
const wantsMore = /^\s*(?:please\s+)?(?:continue|go on)\b/i;

/** An answer that was begun before. */
export interface Begun {
  /** The turn that it answers. */
  readonly asked: Turn;
  readonly said: string;
}

/**
 * What a conversation has of the answer that is wanted: its last turn is the assistant's own, or
 * the user asks for the rest of the one before. Null where an answer begins anew.
 */
export function begunAnswer(question: Question): Begun | null {
  const { turns } = question;
  const last = turns.at(-1);
  const isAsked = last?.role === "user" && wantsMore.test(last.text);
  const own = isAsked ? turns.at(-2) : last;
  if (own?.role !== "assistant" || own.text === "" || own.calls.length > 0) return null;
  const before = turns.slice(0, turns.lastIndexOf(own));
  return { asked: lastUserTurn({ ...question, turns: before }), said: own.text };
}

/** The rest of a text of which so much was said; all of it where it does not begin like that. */
export const restOf = (text: string, { said }: Pick<Begun, "said">): string =>
  text.startsWith(said) ? text.slice(said.length) : text;
