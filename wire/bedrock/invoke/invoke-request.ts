import { apiVersions, type ApiVersion } from "../../anthropic/claude/api-version.ts";
import { Buffer } from "node:buffer";

import { readMessagesRequest, type MessageRequest } from "../../anthropic/message-request.ts";
import { PromptTally } from "../../anthropic/prompt-tally.ts";
import type { BodyChanges } from "../../canonical/body-changes.ts";
import type { PathFacts } from "../../canonical/path-facts.ts";
import type { ReadRequest } from "../../canonical/read-request.ts";
import type { CanonicalRequest } from "../../canonical/request.ts";
import type { RequestFacts } from "../../canonical/request-facts.ts";
import { isObject, refuseFault, type JsonObject } from "../../field-rules.ts";
import { JsonScanner, readJson } from "../../framing/json-scan.ts";
import { ParsedBody } from "../../framing/parsed-body.ts";
import { ok, refuse, type Parsed } from "../../result.ts";
import { s3IsOut } from "../check-blocks.ts";
import type { ConverseInvocation } from "./converse-invocation.ts";
import { textFamilies, type Family } from "../families.data.ts";
import { familyOf } from "../model-traits.ts";
import {
  limitOf,
  limitPlaceOf,
  nativeKeys,
  s3PlaceIn,
  twiceInHolder,
  withLimit,
  type NativeBody,
  type NativeKey,
} from "./native-body.ts";
import { isNovaBody, readNovaRequest } from "./nova-request.ts";
import { isTitanBody, readTitanRequest } from "./titan-request.ts";

/**
 * `anthropic_version` of bodies that are written for Claude. What a client wrote is passed on as it
 * is: Anthropic's own SDK for Bedrock puts the version of Anthropic's API there.
 */
export const claudeOnBedrock = "bedrock-2023-05-31";

/** A native body: what the gateway must know of it, and its bytes. */
export interface InvokeRequest extends ReadRequest {
  /** The bytes for a target of the same kind: those of the client but for the changes (WIR-10). */
  rewrite(changes: BodyChanges): Buffer;
}

/** What an invocation says in its path and others in their body. */
const pathMembers = (model: string, stream: boolean): string =>
  `"model":${JSON.stringify(model)},"stream":${stream},`;

/** A body for Claude: a message request without the two members. */
export class ClaudeInvocation implements InvokeRequest {
  readonly facts: RequestFacts;
  readonly #bytes: Buffer;
  /** The same, as Anthropic itself would be asked. */
  readonly #whole: MessageRequest;
  readonly #apiVersion: ApiVersion;

  constructor(bytes: Buffer, whole: MessageRequest, apiVersion: ApiVersion) {
    this.#bytes = bytes;
    this.#whole = whole;
    this.#apiVersion = apiVersion;
    this.facts = { ...whole.facts, nativeWords: "claude" };
  }

  toCanonical(): Parsed<CanonicalRequest> {
    return this.#whole.toCanonical();
  }

  forget(): void {
    this.#whole.forget();
  }

  rewrite(changes: BodyChanges): Buffer {
    const { model: asked, stream } = this.facts;
    const rewritten = this.#whole.rewrite(changes, this.#apiVersion);
    const { model = asked } = changes;
    const added = Buffer.from(pathMembers(model, stream));
    const at = rewritten.indexOf(added);
    const body = Buffer.concat([rewritten.subarray(0, at), rewritten.subarray(at + added.length)]);
    return body.equals(this.#bytes) ? this.#bytes : body;
  }
}

/** A body in words that are not known here, which is passed on and never translated. */
export class NativeInvocation implements InvokeRequest {
  readonly facts: RequestFacts;
  readonly #native: ParsedBody<JsonObject, NativeKey>;
  readonly #family: Family;

  constructor(native: NativeBody, family: Family, facts: RequestFacts) {
    this.#native = new ParsedBody(native.bytes, native.json, native.scan);
    this.#family = family;
    this.facts = facts;
  }

  toCanonical(): Parsed<CanonicalRequest> {
    const message =
      "Cannot translate the request: its body is in the words of none of " +
      "Claude, Nova and Titan Text, which alone are known here; use Converse";
    return refuse("unsupported_by_target", "body", message);
  }

  forget(): void {
    this.#native.forget();
  }

  rewrite({ maxTokens, model }: BodyChanges): Buffer {
    const { bytes, body: json, scan } = this.#native;
    if (maxTokens === undefined || maxTokens === this.facts.maxTokens) return bytes;
    const family = this.#family === "unknown" ? familyOf(model ?? "") : this.#family;
    const place = limitPlaceOf(json, family);
    return place === null ? bytes : withLimit({ bytes, json, scan }, place, maxTokens);
  }
}

export type Invocation = ClaudeInvocation | ConverseInvocation | NativeInvocation;

const scanner = new JsonScanner(nativeKeys);
const brace = 0x7b;

/** Reads the body of `POST /model/{id}/invoke` and `/invoke-with-response-stream`. */
export function readInvokeRequest(bytes: Buffer, path: PathFacts): Parsed<Invocation> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json, scan } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const { anthropic_version: version } = json;
  if (typeof version === "string") return readClaude(bytes, path, versionOf(version));
  const native: NativeBody = { bytes, json, scan };
  const twice = twiceInHolder(native);
  if (twice !== null) {
    const message = `Cannot read the body: "${twice}" stands in it more than once`;
    return refuse("duplicate_field", twice, message);
  }
  const family = familyOf(path.model);
  if (isNovaBody(json, family)) return readNovaRequest(native, path);
  if (isTitanBody(json, family)) return readTitanRequest(native, path);
  const stored = s3PlaceIn(json);
  if (stored !== null) return refuseFault({ ...s3IsOut(), path: stored });
  return ok(new NativeInvocation(native, family, factsOf(native, family, path)));
}

/** Clients name Bedrock's own, or the version of the API whose rules they keep. */
const versionOf = (named: string): ApiVersion =>
  apiVersions.find((known) => known === named) ?? "2023-06-01";

function readClaude(
  bytes: Buffer,
  { model, stream }: PathFacts,
  apiVersion: ApiVersion,
): Parsed<ClaudeInvocation> {
  const open = bytes.indexOf(brace) + 1;
  const added = Buffer.from(pathMembers(model, stream));
  const message = Buffer.concat([bytes.subarray(0, open), added, bytes.subarray(open)]);
  const read = readMessagesRequest(message);
  return read.ok ? ok(new ClaudeInvocation(bytes, read.value, apiVersion)) : read;
}

/** What a model reads of a native body is no more than the body, unless there are pictures. */
function factsOf({ bytes, json }: NativeBody, family: Family, path: PathFacts): RequestFacts {
  const size = new PromptTally();
  size.textBytes = bytes.length;
  if (!textFamilies.has(family)) size.reference();
  return {
    model: path.model,
    stream: path.stream,
    streamUsage: true,
    maxTokens: limitOf(json, family),
    choices: 1,
    user: null,
    size,
  };
}
