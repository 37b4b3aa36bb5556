import type { EncodedError, ErrorDetails } from "../canonical/codec.ts";
import { codes, type Code, type CodeRow } from "../canonical/codes.data.ts";

/** A 500 tells nothing: the cause is in the log. */
const wordsOf = (code: Code, message: string): string =>
  code === "internal" ? codes.internal.meaning : message;

/** The SDK hands `error_code` on as the error's own. */
function bodyOf(code: Code, message: string, details: ErrorDetails): string {
  const [type] = codes[code].anthropic;
  const { param, facts, requestId } = details;
  return JSON.stringify({
    type: "error",
    error: {
      type,
      message: wordsOf(code, message),
      details: {
        error_code: code,
        ...(typeof param === "string" ? { param } : {}),
        ...facts,
      },
    },
    request_id: requestId ?? null,
  });
}

/**
 * The answer to a failed call: the body that the SDK makes its error of, and the headers that tell
 * it when to try again. `x-should-retry` always stands there: the SDK would retry a plain 409.
 */
export function encodeError(code: Code, message: string, details: ErrorDetails = {}): EncodedError {
  const row: CodeRow = codes[code];
  const [, status] = row.anthropic;
  const { retryAfterMs, retryable = row.retryable } = details;
  const headers = ["content-type", "application/json", "x-should-retry", String(retryable)];
  if (typeof retryAfterMs === "number") {
    headers.push("retry-after", String(Math.ceil(retryAfterMs / 1000)));
    headers.push("retry-after-ms", String(Math.ceil(retryAfterMs)));
  }
  return { status: details.status ?? status, headers, body: bodyOf(code, message, details) };
}

/** An error in mid-stream: the stream is closed after it, without `message_stop`. */
export const encodeStreamError = (code: Code, message: string, requestId: string): string =>
  `event: error\ndata: ${bodyOf(code, message, { requestId })}\n\n`;
