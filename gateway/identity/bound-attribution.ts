import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Attribution, Principal } from "../principal.ts";

/**
 * Whom a call is for: with a token those that it is bound to (SEC-19). Throws Failure `forbidden`
 * where the request names somebody else, or a rule: people would spend an automation's budget.
 */
export function boundAttribution(
  { bound }: Pick<Principal, "bound">,
  said: Attribution,
): Attribution {
  if (bound === undefined) return said;
  checkSame("x-sekisho-user", said.user, bound.user);
  if (bound.session !== null) checkSame("x-sekisho-session", said.session, bound.session);
  if ((said.rule ?? null) !== null) throw refused("x-sekisho-rule", "a token names no rule");
  return { ...said, user: bound.user, session: bound.session ?? said.session };
}

function checkSame(name: string, said: string | null, bound: string): void {
  if (said === null || said === bound) return;
  throw refused(name, "the token is bound to another");
}

const refused = (param: string, why: string): Failure<Code> =>
  new Failure<Code>("forbidden", `Cannot accept header ${param}: ${why}`, { param });
