import type { BodyChanges } from "../canonical/body-changes.ts";
import type { ReadRequest } from "../canonical/read-request.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import type { RequestFacts } from "../canonical/request-facts.ts";
import { isObject, refuseFault } from "../field-rules.ts";
import { JsonScanner, readJson, type JsonScan } from "../framing/json-scan.ts";
import { ParsedBody } from "../framing/parsed-body.ts";
import { ok, refuse, type Parsed } from "../result.ts";
import type { ChatBody } from "./chat-body.ts";
import { checkChatBody } from "./check-body.ts";
import { premiumOf } from "./premium.ts";
import { PromptTally } from "./prompt-tally.ts";
import {
  rewriteBody,
  steeringKeys,
  type MaxTokensKey,
  type ScannedBody,
  type SteeringKey,
} from "./rewrite-body.ts";
import { toCanonical } from "./to-canonical.ts";

const scanner = new JsonScanner(steeringKeys);

/** A chat completion request: what the gateway must know of it, and its bytes. */
export class ChatRequest implements ReadRequest {
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
   * The bytes for a target that speaks chat completions too: those of the client but for the
   * changes (WIR-10). A limit that the client gave is changed where it stands, else set as
   * `maxTokensKey`.
   */
  rewrite(changes: BodyChanges, maxTokensKey: MaxTokensKey): Buffer {
    return rewriteBody(this.#scanned, changes, maxTokensKey);
  }
}

/**
 * Reads the body of `POST /v1/chat/completions`; nothing is built that a pass-through does not
 * need.
 */
export function readChatRequest(bytes: Buffer): Parsed<ChatRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json, scan } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const tally = new PromptTally();
  const found = checkChatBody(json, tally);
  if (found !== null) return refuseFault(found);
  // checkChatBody has looked at every member that ChatBody names.
  const body = json as unknown as ChatBody;
  tallySchemas(body, scan, tally);
  const facts = factsOf(body, tally, premiumOf(json));
  return ok(new ChatRequest(new ParsedBody(bytes, body, scan), facts));
}

const schemaKeys = ["tools", "functions", "response_format"] as const;

function tallySchemas(body: ChatBody, scan: JsonScan<SteeringKey>, tally: PromptTally): void {
  for (const key of schemaKeys) {
    const span = scan.span(key);
    if (span !== null) tally.schemaBytes += span.end - span.start;
  }
  tally.tools = (body.tools?.length ?? 0) + (body.functions?.length ?? 0);
  if (isObject(body.web_search_options)) tally.references += 1;
}

/** Also of a legacy completion once its prompt is a message. */
export const factsOf = (
  body: ChatBody,
  size: PromptTally,
  premium: string | null,
): RequestFacts => ({
  model: body.model,
  stream: body.stream === true,
  streamUsage: body.stream_options?.include_usage === true,
  maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
  choices: body.n ?? 1,
  user: body.safety_identifier ?? body.user ?? null,
  premium,
  size,
});
