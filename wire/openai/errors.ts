import type { EncodedError, ErrorDetails } from "../canonical/codec.ts";
import { codes, type Code, type CodeRow } from "../canonical/codes.data.ts";
import { sseJson } from "../framing/sse-event.ts";

/** A 500 tells nothing: the cause is in the log. */
const wordsOf = (code: Code, message: string): string =>
  code === "internal" ? codes.internal.meaning : message;

/** An error as OpenAI writes it, whatever it stands in. */
export interface ErrorObject {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

export const errorObject = (code: Code, message: string, param: string | null): ErrorObject => {
  const [type, dialectCode] = codes[code].openai;
  return { message: wordsOf(code, message), type, param, code: dialectCode };
};

function bodyOf(code: Code, message: string, details: ErrorDetails): string {
  const error = errorObject(code, message, details.param ?? null);
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
