import { Buffer } from "node:buffer";

import type { PathFacts } from "../canonical/path-facts.ts";
import type { FromProvider } from "../canonical/provider-fault.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { BodyEditor } from "../framing/body-editor.ts";
import { JsonScanner, readJson } from "../framing/json-scan.ts";
import { ok, type Parsed } from "../result.ts";
import { readGenerateRequest, type GenerateRequest } from "./generate-request.ts";
import { findError, readErrorObject, silentFault } from "./provider-fault.ts";
import { malformedAnswer } from "./retryable.data.ts";
import { writeGenerateRequest } from "./write-request.ts";

const wrappers = ["generateContentRequest", "generate_content_request"] as const;
const scanner = new JsonScanner(wrappers);

/**
 * Reads the body of `POST …/models/{model}:countTokens`: contents alone, or a whole request for
 * content inside `generateContentRequest`.
 */
export function readCountRequest(bytes: Buffer, path: PathFacts): Parsed<GenerateRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const span = read.value.scan.span(wrappers[0]) ?? read.value.scan.span(wrappers[1]);
  return readGenerateRequest(span === null ? bytes : bytes.subarray(span.start, span.end), path);
}

/** The answer of `countTokens`. */
export const encodeTokenCount = (totalTokens: number): string => JSON.stringify({ totalTokens });

/** A provider's answer to a count; zero is left out on the wire. */
export function decodeTokenCount(bytes: Buffer): FromProvider<number> {
  const json = parse(bytes);
  const error = findError(json);
  if (error !== null) return { ok: false, fault: readErrorObject(error) };
  const count = isObject(json) ? json["totalTokens"] : null;
  return typeof count === "number" && Number.isInteger(count) && count >= 0
    ? ok(count)
    : { ok: false, fault: silentFault(malformedAnswer) };
}

const modelScanner = new JsonScanner(["model"]);

/** A request for content as a question for its tokens: inside, it names the model. */
export function wrapCount(body: Buffer, model: string): Buffer {
  const scanned = modelScanner.scan(body);
  const name = JSON.stringify(`models/${model}`);
  const editor = scanned.ok ? new BodyEditor(scanned.value) : null;
  editor?.set("model", name);
  const named = editor?.applyTo(body) ?? body;
  return Buffer.concat([Buffer.from('{"generateContentRequest":'), named, Buffer.from("}")]);
}

/** The body of a count for a provider, of a request in any dialect. */
export function writeCountRequest(
  request: CanonicalRequest,
  model: string,
): Parsed<Buffer, "unsupported_by_target"> {
  const written = writeGenerateRequest(request, model);
  return written.ok ? ok(wrapCount(written.value.bytes, model)) : written;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}
