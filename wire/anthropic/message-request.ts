import type { BodyChanges } from "../canonical/body-changes.ts";
import type { ReadRequest } from "../canonical/read-request.ts";
import type { RequestFacts } from "../canonical/request-facts.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import { isObject, refuseFault } from "../field-rules.ts";
import { JsonScanner, readJson, type JsonScan } from "../framing/json-scan.ts";
import { ParsedBody } from "../framing/parsed-body.ts";
import { ok, refuse, type Parsed } from "../result.ts";
import { checkMessageBody, type BodyRules } from "./check-body.ts";
import { isProvidersTool } from "./check-tools.ts";
import type { ApiVersion } from "./claude/api-version.ts";
import { addedPromptTokens } from "./claude/model-traits.data.ts";
import type { MessageBody } from "./message-body.ts";
import { premiumOf } from "./premium.ts";
import { PromptTally } from "./prompt-tally.ts";
import { rewriteBody, steeringKeys, type ScannedBody, type SteeringKey } from "./rewrite-body.ts";
import { toCanonical } from "./to-canonical.ts";

const scanner = new JsonScanner(steeringKeys);

/** A message request: what the gateway must know of it, and its bytes. */
export class MessageRequest implements ReadRequest {
  readonly facts: RequestFacts;
  readonly #scanned: ScannedBody;

  constructor(scanned: ScannedBody, facts: RequestFacts) {
    this.#scanned = scanned;
    this.facts = facts;
  }

  toCanonical(): Parsed<CanonicalRequest> {
    return toCanonical(this.#scanned.body);
  }

  forget(): void {
    this.#scanned.forget();
  }

  /**
   * The bytes for a target that speaks this dialect too: those of the client but for the changes
   * (WIR-10). `apiVersion` is what the provider will be told.
   */
  rewrite(changes: BodyChanges, apiVersion: ApiVersion): Buffer {
    return rewriteBody(this.#scanned, changes, apiVersion);
  }
}

/** Reads the body of `POST /v1/messages`; nothing is built that a pass-through does not need. */
export const readMessagesRequest = (bytes: Buffer): Parsed<MessageRequest> =>
  readBody(bytes, { hasMaxTokens: true });

/** Reads the body of `POST /v1/messages/count_tokens`: a message request without a limit. */
export const readCountRequest = (bytes: Buffer): Parsed<MessageRequest> =>
  readBody(bytes, { hasMaxTokens: false });

function readBody(bytes: Buffer, rules: BodyRules): Parsed<MessageRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json, scan } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const tally = new PromptTally();
  const found = checkMessageBody(json, tally, rules);
  if (found !== null) return refuseFault(found);
  // checkMessageBody has looked at every member that MessageBody names.
  const body = json as unknown as MessageBody;
  tallySchemas(body, scan, tally);
  const facts = factsOf(body, tally, premiumOf(json));
  return ok(new MessageRequest(new ParsedBody(bytes, body, scan), facts));
}

const schemaKeys = ["tools", "output_config", "output_format"] as const;

/** Beside what the client writes, the provider tells the model how to use it. */
function tallySchemas(body: MessageBody, scan: JsonScan<SteeringKey>, tally: PromptTally): void {
  for (const key of schemaKeys) {
    const span = scan.span(key);
    if (span !== null) tally.schemaBytes += span.end - span.start;
  }
  if (tally.schemaBytes > 0) tally.textBytes += addedPromptTokens;
  for (const tool of body.tools ?? []) {
    tally.tools += 1;
    if (isProvidersTool(tool.type)) tally.reference();
  }
}

/** Streams of this dialect tell of usage, whoever asks. */
const factsOf = (body: MessageBody, size: PromptTally, premium: string | null): RequestFacts => ({
  model: body.model,
  stream: body.stream === true,
  streamUsage: true,
  maxTokens: body.max_tokens ?? null,
  choices: 1,
  user: userOf(body),
  premium,
  size,
});

const userOf = ({ metadata }: MessageBody): string | null => {
  const user = metadata?.["user_id"];
  return typeof user === "string" && user !== "" ? user : null;
};
