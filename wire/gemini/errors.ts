import type { EncodedError, ErrorDetails } from "../canonical/codec.ts";
import { codes, type Code, type CodeRow } from "../canonical/codes.data.ts";

/** A 500 tells nothing: the cause is in the log. */
const wordsOf = (code: Code, message: string): string =>
  code === "internal" ? codes.internal.meaning : message;

const typeOf = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

const textsOf = (facts: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, String(value)]));

/** Details as clients of Google's know them: the code, the field, and when to try again. */
function detailsOf(code: Code, { param, facts, retryAfterMs }: ErrorDetails): object[] {
  const metadata = { ...textsOf(facts ?? {}), ...(typeof param === "string" ? { param } : {}) };
  const info = { "@type": typeOf("ErrorInfo"), reason: code, domain: "sekisho", metadata };
  if (typeof retryAfterMs !== "number") return [info];
  const retryDelay = `${Math.ceil(retryAfterMs) / 1000}s`;
  return [info, { "@type": typeOf("RetryInfo"), retryDelay }];
}

function bodyOf(code: Code, message: string, details: ErrorDetails): string {
  const [status, usual] = codes[code].gemini;
  return JSON.stringify({
    error: {
      code: details.status ?? usual,
      message: wordsOf(code, message),
      status,
      details: detailsOf(code, details),
    },
  });
}

/** The answer to a failed call: the body that the SDK makes its error of. */
export function encodeError(code: Code, message: string, details: ErrorDetails = {}): EncodedError {
  const row: CodeRow = codes[code];
  const [, status] = row.gemini;
  const { retryAfterMs } = details;
  const headers = ["content-type", "application/json; charset=UTF-8"];
  if (typeof retryAfterMs === "number") {
    headers.push("retry-after", String(Math.ceil(retryAfterMs / 1000)));
    headers.push("retry-after-ms", String(Math.ceil(retryAfterMs)));
  }
  return { status: details.status ?? status, headers, body: bodyOf(code, message, details) };
}

/** An error in mid-stream: the stream is closed after it, without a reason for its end. */
export const encodeStreamError = (code: Code, message: string): string =>
  `data: ${bodyOf(code, message, {})}\n\n`;
