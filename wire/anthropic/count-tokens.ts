import type { FromProvider } from "../canonical/provider-fault.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { ok, type Parsed } from "../result.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { malformedAnswer } from "./retryable.data.ts";
import { writeMessagesRequest, type WriteOptions } from "./write-request.ts";

/** The answer of `POST /v1/messages/count_tokens`. */
export const encodeTokenCount = (inputTokens: number): string =>
  JSON.stringify({ input_tokens: inputTokens });

/** A provider's answer to a count. */
export function decodeTokenCount(bytes: Buffer): FromProvider<number> {
  const json = parse(bytes);
  const error = findError(json);
  if (error !== null) return { ok: false, fault: readErrorObject(error) };
  const count = isObject(json) ? json["input_tokens"] : null;
  return typeof count === "number" && Number.isInteger(count) && count >= 0
    ? ok(count)
    : { ok: false, fault: silentFault(malformedAnswer) };
}

/** The body of a count for a provider, of a request in any dialect. */
export function writeCountRequest(
  request: CanonicalRequest,
  options: WriteOptions,
): Parsed<Buffer, "unsupported_by_target"> {
  const sampling = { ...request.sampling, temperature: null, topP: null, topK: null };
  const written = writeMessagesRequest(
    { ...request, stop: [], user: null, sampling },
    { ...options, isCount: true },
  );
  return written.ok ? ok(written.value.bytes) : written;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
