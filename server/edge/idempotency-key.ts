import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { idempotencyKeyChars, isIdempotencyKey } from "@sekisho/wire/idempotency-key.ts";

export const idempotencyHeader = "idempotency-key";

/** The client's own name for its request; null where it gives none. Throws Failure. */
export function idempotencyKeyOf(head: Pick<RequestHead, "header">): string | null {
  const name = head.header(idempotencyHeader);
  if (name === undefined || isIdempotencyKey(name)) return name ?? null;
  const why = `1 to ${idempotencyKeyChars} visible ASCII characters expected`;
  throw new Failure<Code>("invalid_value", `Cannot read header ${idempotencyHeader}: ${why}`, {
    param: idempotencyHeader,
  });
}
