import { Buffer } from "node:buffer";

import type { PathFacts } from "../canonical/path-facts.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject } from "../field-rules.ts";
import { ok, refuse, type Parsed } from "../result.ts";
import { readConverseRequest, type ConverseRequest } from "./converse-request.ts";
import { readInvokeRequest, type InvokeRequest } from "./invoke-request.ts";
import { readFault } from "./provider-fault.ts";

const expectsOne = (): Parsed<never> =>
  refuse(
    "missing_field",
    "input",
    'Cannot count: "input" holds neither a Converse request nor the body of an invocation',
  );

/**
 * Reads the body of `POST /model/{id}/count-tokens`: a request of Converse, or a native body in
 * base64.
 */
export function readCountRequest(
  bytes: Buffer,
  path: PathFacts,
): Parsed<ConverseRequest | InvokeRequest> {
  const json = parse(bytes);
  const input = isObject(json) ? json["input"] : null;
  if (!isObject(input)) return expectsOne();
  const { converse, invokeModel } = input;
  if (isObject(converse)) return readConverseRequest(Buffer.from(JSON.stringify(converse)), path);
  const body = isObject(invokeModel) ? invokeModel["body"] : null;
  if (typeof body !== "string") return expectsOne();
  return readInvokeRequest(Buffer.from(body, "base64"), path);
}

/** The answer of `POST /model/{id}/count-tokens`. */
export const encodeTokenCount = (inputTokens: number): string => JSON.stringify({ inputTokens });

/** A provider's answer to a count. */
export function decodeTokenCount(bytes: Buffer): FromProvider<number> {
  const json = parse(bytes);
  const count = isObject(json) ? json["inputTokens"] : null;
  return typeof count === "number" && Number.isInteger(count) && count >= 0
    ? ok(count)
    : { ok: false, fault: readFault({ status: null, body: bytes, retryAfterMs: null }) };
}

/** Of a Converse body, what is counted of it; the rest is refused there. */
const counted = ["messages", "system", "toolConfig", "additionalModelRequestFields"] as const;

/** The body of a count for a provider, of a Converse request's body as it would be sent. */
export function writeCountRequest(converse: Buffer): Buffer {
  const json = parse(converse);
  const members: Record<string, unknown> = {};
  for (const key of counted) {
    const value = isObject(json) ? json[key] : undefined;
    if (value !== undefined) members[key] = value;
  }
  return Buffer.from(JSON.stringify({ input: { converse: members } }));
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
