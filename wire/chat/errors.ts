import type { EncodedError, ErrorDetails } from "../canonical/codec.ts";
import { codes, type Code, type CodeRow } from "../canonical/codes.data.ts";

const openCircuit = "Circuit breaker is open. Service is unavailable.";
/** Until its operator mends it: coming back is of no use. */
const noModel = "Service is not set up: chat.model names no model that is configured.";

/** No mistake of the caller's, whatever their status elsewhere: it named no model and no target. */
const ofTheService: ReadonlySet<Code> = new Set<Code>([
  "model_not_found",
  "unpriced",
  "unsupported_by_target",
  "upstream_rate_limited",
]);

/** Their messages hold what a provider said, which may name its accounts and machines. */
const inProvidersWords: ReadonlySet<Code> = new Set<Code>([
  "content_filtered",
  "context_length_exceeded",
  "upstream_rejected",
]);

/**
 * The answer to a failed call: one sentence under `detail`. What the caller can mend has the status
 * of its code and says how; everything else is a 503 with the meaning of its code and nothing more.
 */
export function encodeError(code: Code, message: string, details: ErrorDetails = {}): EncodedError {
  const row: CodeRow = codes[code];
  const { retryAfterMs, status = row.status } = details;
  const isOurs = status >= 500 || ofTheService.has(code);
  const headers = ["content-type", "application/json"];
  if (typeof retryAfterMs === "number") {
    headers.push("retry-after", String(Math.ceil(retryAfterMs / 1000)));
  }
  const detail = isOurs ? unavailable(code) : inProvidersWords.has(code) ? row.meaning : message;
  return { status: isOurs ? 503 : status, headers, body: JSON.stringify({ detail }) };
}

function unavailable(code: Code): string {
  if (code === "circuit_open") return openCircuit;
  if (code === "model_not_found") return noModel;
  return `Service temporarily unavailable. Error: ${codes[code].meaning}`;
}
