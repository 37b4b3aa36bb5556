import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";

/** Nobody read it to its end: who asks again wants an answer, not this. */
const left: ReadonlySet<string> = new Set<Code>(["client_closed", "slow_reader"]);

/**
 * Does a call that ended so answer later requests of its name? Whole answers do, what a client has
 * stopped, and refusals that would come again; what might succeed the next time does not. Null:
 * as a whole answer.
 */
export function keepsAnswer(code: string | null): boolean {
  if (code === null) return true;
  if (left.has(code) || !Object.hasOwn(codes, code)) return false;
  // The line above has looked.
  const { retryable, status } = codes[code as Code];
  return !retryable && status < 500;
}
