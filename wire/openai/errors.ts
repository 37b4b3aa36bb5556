import type { EncodedError, ErrorDetails } from "../canonical/codec.ts";
import { codes, type Code, type CodeRow } from "../canonical/codes.data.ts";
import { sseJson } from "../framing/sse-event.ts";

/** A 500 tells nothing: the cause is in the log. */
const wordsOf = (code: Code, message: string): string =>
  code === "internal" ? codes.internal.meaning : message;

function bodyOf(code: Code, message: string, details: ErrorDetails): string {
  const [type, dialectCode] = codes[code].openai;
  const error = {
    message: wordsOf(code, message),
    type,
    param: details.param ?? null,
    code: dialectCode,
  };
  const { facts } = details;
  return JSON.stringify({ error: facts === undefined ? error : { ...error, details: facts } });
}

/**
 * The answer to a failed call: the body that the SDK makes its error of, and the headers that tell
 * it when to try again. `x-should-retry` always stands there: the SDK would retry a plain 409.
 */
export function encodeError(code: Code, message: string, details: ErrorDetails = {}): EncodedError {
  const row: CodeRow = codes[code];
  const { retryAfterMs, retryable = row.retryable } = details;
  const headers = ["content-type", "application/json", "x-should-retry", String(retryable)];
  if (typeof retryAfterMs === "number") {
    headers.push("retry-after", String(Math.ceil(retryAfterMs / 1000)));
    headers.push("retry-after-ms", String(Math.ceil(retryAfterMs)));
  }
  return { status: details.status ?? row.status, headers, body: bodyOf(code, message, details) };
}

/** An error in mid-stream: the stream is closed after it, without `[DONE]`. */
export const encodeStreamError = (code: Code, message: string): string =>
  sseJson(bodyOf(code, message, {}));
