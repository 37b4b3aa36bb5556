import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

export const idempotencyHeader = "idempotency-key";

const maxLength = 255;
const shape = /^[\x21-\x7e]+$/;

/** The client's own name for its request; null where it gives none. Throws Failure. */
export function idempotencyKeyOf(head: Pick<RequestHead, "header">): string | null {
  const name = head.header(idempotencyHeader);
  if (name === undefined) return null;
  checkIdempotencyKey(name, `header ${idempotencyHeader}`);
  return name;
}

/** Throws Failure. `where` the name stands. */
export function checkIdempotencyKey(name: string, where: string): void {
  if (shape.test(name) && name.length <= maxLength) return;
  const why = `1 to ${maxLength} visible ASCII characters expected`;
  throw new Failure<Code>("invalid_value", `Cannot read ${where}: ${why}`, {
    param: idempotencyHeader,
  });
}
