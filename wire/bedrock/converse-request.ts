import { addedPromptTokens } from "../anthropic/claude/model-traits.data.ts";
import { PromptTally } from "../anthropic/prompt-tally.ts";
import type { BodyChanges } from "../canonical/body-changes.ts";
import type { PathFacts } from "../canonical/path-facts.ts";
import type { ReadRequest } from "../canonical/read-request.ts";
import type { RequestFacts } from "../canonical/request-facts.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject, refuseFault } from "../field-rules.ts";
import { JsonScanner, readJson, type JsonScan } from "../framing/json-scan.ts";
import { ParsedBody } from "../framing/parsed-body.ts";
import { ok, refuse, type Parsed } from "../result.ts";
import { checkConverseBody } from "./check-body.ts";
import type { ConverseBody } from "./converse-body.ts";
import { premiumOf } from "./premium.ts";
import {
  inferenceScanner,
  rewriteBody,
  steeringKeys,
  type ScannedBody,
  type SteeringKey,
} from "./rewrite-body.ts";
import { toCanonical, userOf } from "./to-canonical.ts";

const scanner = new JsonScanner(steeringKeys);

/** A Converse request: what the gateway must know of it, and its bytes. */
export class ConverseRequest implements ReadRequest {
  readonly facts: RequestFacts;
  readonly #scanned: ScannedBody;

  constructor(scanned: ScannedBody, facts: RequestFacts) {
    this.#scanned = scanned;
    this.facts = facts;
  }

  toCanonical(): Parsed<CanonicalRequest> {
    const { model, stream } = this.facts;
    return toCanonical(this.#scanned.body, { model, stream });
  }

  forget(): void {
    this.#scanned.forget();
  }

  /**
   * The bytes for a target that speaks Converse too: those of the client but for the changes
   * (WIR-10). `model` changes nothing here: it stands in the path.
   */
  rewrite(changes: BodyChanges): Buffer {
    return rewriteBody(this.#scanned, changes);
  }
}

/**
 * Reads the body of `POST /model/{id}/converse` and `/converse-stream`; nothing is built that a
 * pass-through does not need.
 */
export function readConverseRequest(bytes: Buffer, path: PathFacts): Parsed<ConverseRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json, scan } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const tally = new PromptTally();
  const found = checkConverseBody(json, tally);
  if (found !== null) return refuseFault(found);
  const twice = findDuplicate(bytes, scan);
  if (twice !== null) return twice;
  // checkConverseBody has looked at every member that ConverseBody names.
  const body = json as unknown as ConverseBody;
  tallySchemas(body, schemaBytes(scan), tally);
  const facts = { ...factsOf(body, path, tally), premium: premiumOf(json) };
  return ok(new ConverseRequest(new ParsedBody(bytes, body, scan), facts));
}

/** A limit that stands twice would be read in two ways, and paid for in one (SEC-5). */
function findDuplicate(bytes: Buffer, scan: JsonScan<SteeringKey>): Parsed<never> | null {
  const span = scan.span("inferenceConfig");
  if (span === null) return null;
  const scanned = inferenceScanner.scan(bytes.subarray(span.start, span.end));
  if (scanned.ok || scanned.code !== "duplicate_field") return null;
  return { ...scanned, path: `inferenceConfig.${scanned.path}` };
}

const schemaBytes = (scan: JsonScan<SteeringKey>): number =>
  (["toolConfig", "outputConfig"] as const)
    .map((key) => scan.span(key))
    .reduce((sum, span) => sum + (span === null ? 0 : span.end - span.start), 0);

/** Beside what the client writes, the provider tells the model how to use it. */
export function tallySchemas(body: ConverseBody, bytes: number, tally: PromptTally): void {
  tally.schemaBytes += bytes;
  if (tally.schemaBytes > 0) tally.textBytes += addedPromptTokens;
  for (const { toolSpec, systemTool } of body.toolConfig?.tools ?? []) {
    if (toolSpec) tally.tools += 1;
    if (systemTool) tally.reference();
  }
}

/** Streams of this dialect tell of usage, whoever asks. */
const factsOf = (body: ConverseBody, path: PathFacts, size: PromptTally): RequestFacts => ({
  model: path.model,
  stream: path.stream,
  streamUsage: true,
  maxTokens: body.inferenceConfig?.maxTokens ?? null,
  choices: 1,
  user: userOf(body),
  size,
});
