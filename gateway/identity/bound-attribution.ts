import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Attribution, Principal } from "../principal.ts";

/**
 * Whom a call is for: with a token of a browser those that the token is bound to (SEC-19). Throws
 * Failure `forbidden` where the request names somebody else.
 */
export function boundAttribution(
  { bound }: Pick<Principal, "bound">,
  said: Attribution,
): Attribution {
  if (bound === undefined) return said;
  checkSame("x-sekisho-user", said.user, bound.user);
  if (bound.session !== null) checkSame("x-sekisho-session", said.session, bound.session);
  return { ...said, user: bound.user, session: bound.session ?? said.session };
}

function checkSame(name: string, said: string | null, bound: string): void {
  if (said === null || said === bound) return;
  const message = `Cannot accept header ${name}: the token is bound to another`;
  throw new Failure<Code>("forbidden", message, { param: name });
}
