import { Buffer } from "node:buffer";

import type { PathFacts } from "../canonical/path-facts.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import { isObject } from "../field-rules.ts";
import { JsonScanner, readJson } from "../framing/json-scan.ts";
import { ok, refuse, type Parsed } from "../result.ts";
import { readConverseRequest, type ConverseRequest } from "./converse-request.ts";
import { readInvokeRequest, type InvokeRequest } from "./invoke/invoke-request.ts";
import { readFault } from "./provider-fault.ts";

const expectsOne = (): Parsed<never> =>
  refuse(
    "missing_field",
    "input",
    'Cannot count: "input" holds neither a Converse request nor the body of an invocation',
  );

const bodyScanner = new JsonScanner(["input"]);
const inputScanner = new JsonScanner(["converse", "invokeModel"]);

/**
 * Reads the body of `POST /model/{id}/count-tokens`: a request of Converse, or a native body in
 * base64.
 */
export function readCountRequest(
  bytes: Buffer,
  path: PathFacts,
): Parsed<ConverseRequest | InvokeRequest> {
  const read = readJson(bytes, bodyScanner);
  if (!read.ok) return read;
  const { json, scan } = read.value;
  const input = isObject(json) ? json["input"] : null;
  const span = scan.span("input");
  if (!isObject(input) || span === null) return expectsOne();
  const inner = bytes.subarray(span.start, span.end);
  const members = inputScanner.scan(inner);
  if (!members.ok) return members;
  const { converse, invokeModel } = input;
  const converseSpan = members.value.span("converse");
  if (isObject(converse) && converseSpan !== null) {
    return readConverseRequest(inner.subarray(converseSpan.start, converseSpan.end), path);
  }
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
const countedScanner = new JsonScanner(counted);

/**
 * The body of a count for a provider, of a Converse request's body as it would be sent: what is
 * counted of it keeps its bytes.
 */
export function writeConverseCount(converse: Buffer): Buffer {
  const scanned = countedScanner.scan(converse);
  const members: string[] = [];
  for (const key of counted) {
    const span = scanned.ok ? scanned.value.span(key) : null;
    if (span !== null) members.push(`"${key}":${converse.toString("utf8", span.start, span.end)}`);
  }
  return Buffer.from(`{"input":{"converse":{${members.join(",")}}}}`);
}

/** The same of a native body as it would be sent. */
export const writeInvokeCount = (body: Buffer): Buffer =>
  Buffer.from(`{"input":{"invokeModel":{"body":"${body.toString("base64")}"}}}`);

/** Of models that it does not count for Bedrock says so in words alone: the status is 400. */
export const isUncountable = (message: string): boolean =>
  /count(?:ing)?[ -]?tokens|token count/i.test(message);

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
