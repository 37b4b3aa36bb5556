import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { SekishoError } from "./sekisho-error.ts";

/** Whose names are those of headers elsewhere. */
const optionOf: Readonly<Record<string, string>> = { "idempotency-key": "idempotencyKey" };

export const leftEarly = (): Failure<Code> =>
  new Failure<Code>("client_closed", "Cannot go on with the call: its signal was aborted");

/** A failed call as its program is told of it; the reason of whoever aborted goes along. */
export function errorOf(
  failure: Failure<Code>,
  id: string,
  signal: AbortSignal | null,
): SekishoError {
  const { code, message, details, cause } = failure;
  const requestId = `req_${id}`;
  if (code === "client_closed" && signal?.aborted === true) {
    return new SekishoError(
      new Failure<Code>(code, leftEarly().message, details, signal.reason),
      requestId,
    );
  }
  const option = optionOf[details.param ?? ""];
  if (option === undefined) return new SekishoError(failure, requestId);
  const told = { ...details, param: option };
  return new SekishoError(new Failure<Code>(code, message, told, cause), requestId);
}
