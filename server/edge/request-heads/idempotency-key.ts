import type { Joins } from "@sekisho/gateway/calls/once-calls.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { idempotencyKeyChars, isIdempotencyKey } from "@sekisho/wire/idempotency-key.ts";

const idempotencyHeader = "idempotency-key";
/** The same on each try of one operation. */
const invocationHeader = "amz-sdk-invocation-id";

interface Named {
  readonly name: string;
}

/** What stands for the name of a request, if anything does. */
function nameOf(head: Pick<RequestHead, "header">, surface: Named, joins: Joins) {
  const name = joins.byName ? head.header(idempotencyHeader) : undefined;
  if (name !== undefined || !joins.byAwsRetry || !surface.name.startsWith("bedrock.")) return name;
  const invocation = head.header(invocationHeader);
  return invocation === undefined ? undefined : `aws:${invocation}`;
}

/** Is it to be known whether a request like it was sent before? */
export const mayRepeat = (
  head: Pick<RequestHead, "header">,
  surface: Named,
  joins: Joins,
): boolean => joins.byContent || nameOf(head, surface, joins) !== undefined;

/** The client's own name for its request; null where it gives none. Throws Failure. */
export function idempotencyKeyOf(
  head: Pick<RequestHead, "header">,
  surface: Named,
  joins: Joins,
): string | null {
  const name = nameOf(head, surface, joins);
  if (name === undefined || isIdempotencyKey(name)) return name ?? null;
  const why = `1 to ${idempotencyKeyChars} visible ASCII characters expected`;
  throw new Failure<Code>("invalid_value", `Cannot read header ${idempotencyHeader}: ${why}`, {
    param: idempotencyHeader,
  });
}
