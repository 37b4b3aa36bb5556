import type { Feature } from "../canonical/carriage.data.ts";
import type { ReadRequest } from "../canonical/read-request.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import type { RequestFacts } from "../canonical/request-facts.ts";
import { isObject, refuseFault } from "../field-rules.ts";
import { JsonScanner, readJson, type JsonScan } from "../framing/json-scan.ts";
import { ParsedBody } from "../framing/parsed-body.ts";
import { premiumOf } from "../openai/premium.ts";
import { PromptTally } from "../openai/prompt-tally.ts";
import { ok, refuse, type Parsed } from "../result.ts";
import { checkResponsesBody } from "./check-body.ts";
import type { ResponsesBody } from "./responses-body.ts";
import { toCanonical } from "./to-canonical.ts";
import { findUnsupported } from "./unsupported.ts";

/** What an answer repeats of its request, and what it says where the request is silent. */
const repeated = {
  instructions: "null",
  max_output_tokens: "null",
  metadata: "{}",
  parallel_tool_calls: "true",
  reasoning: '{"effort":null,"summary":null}',
  temperature: "null",
  text: '{"format":{"type":"text"}}',
  tool_choice: '"auto"',
  tools: "[]",
  top_p: "null",
  user: "null",
} as const satisfies Partial<Record<keyof ResponsesBody, string>>;

type RepeatedKey = keyof typeof repeated;

const repeatedKeys = Object.keys(repeated).filter((key): key is RepeatedKey =>
  Object.hasOwn(repeated, key),
);

const scannedKeys = [...repeatedKeys, "model", "input", "stream"] as const;

type ScannedKey = (typeof scannedKeys)[number];

const scanner = new JsonScanner(scannedKeys);

/** What a request asks for that is left out for every target: it only tunes. */
export interface LeftOut {
  readonly feature: Feature;
  readonly field: string;
}

/** A request for a response: always translated. */
export class ResponsesRequest implements ReadRequest {
  readonly facts: RequestFacts;
  readonly leftOut: readonly LeftOut[];
  /** Also of what stands there in the place of answers that the client has named. */
  readonly bodyBytes: number;
  readonly #body: ParsedBody<ResponsesBody, ScannedKey>;

  constructor(body: ParsedBody<ResponsesBody, ScannedKey>, facts: RequestFacts) {
    this.#body = body;
    this.facts = facts;
    this.leftOut = leftOutOf(body.body);
    this.bodyBytes = body.bytes.length;
  }

  toCanonical(): Parsed<CanonicalRequest> {
    return ok(toCanonical(this.#body.body));
  }

  /** As it came, number literals and all (WIR-10). */
  repeatedMembers(): string {
    const { bytes, scan } = this.#body;
    const members = repeatedKeys.map((key) => {
      const span = scan.span(key);
      const json = span === null ? "null" : bytes.toString("utf8", span.start, span.end);
      return `"${key}":${json === "null" ? repeated[key] : json}`;
    });
    return members.join(",");
  }

  /** Is the answer to be kept for who asks for it again? */
  get stores(): boolean {
    return this.#body.body.store === true;
  }

  /** What was asked, as items of their own. */
  inputItems(): readonly object[] {
    return inputItemsOf(this.#body.body.input);
  }

  forget(): void {
    this.#body.forget();
  }
}

/** A text is short for a message of the user's. */
export const inputItemsOf = (input: unknown): readonly object[] =>
  Array.isArray(input)
    ? input.filter(isObject)
    : [{ type: "message", role: "user", content: [{ type: "input_text", text: String(input) }] }];

function leftOutOf(body: ResponsesBody): readonly LeftOut[] {
  const left: LeftOut[] = [];
  if (body.truncation === "auto") left.push({ feature: "context_editing", field: "truncation" });
  if ((body.context_management ?? []).length > 0) {
    left.push({ feature: "context_editing", field: "context_management" });
  }
  return left;
}

/** Reads the body of `POST /v1/responses`. */
export function readResponsesRequest(bytes: Buffer): Parsed<ResponsesRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json, scan } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const unsupported = findUnsupported(json);
  if (unsupported !== null) return unsupported;
  const tally = new PromptTally();
  const found = checkResponsesBody(json, tally);
  if (found !== null) return refuseFault(found);
  // checkResponsesBody has looked at every member that ResponsesBody names.
  const body = json as unknown as ResponsesBody;
  tallySchemas(body, scan, tally);
  const facts = factsOf(body, tally, premiumOf(json));
  return ok(new ResponsesRequest(new ParsedBody(bytes, body, scan), facts));
}

function tallySchemas(
  { tools }: ResponsesBody,
  scan: JsonScan<ScannedKey>,
  tally: PromptTally,
): void {
  for (const key of ["tools", "text"] as const) {
    const span = scan.span(key);
    if (span !== null) tally.schemaBytes += span.end - span.start;
  }
  tally.tools = tools?.length ?? 0;
}

const factsOf = (body: ResponsesBody, size: PromptTally, premium: string | null): RequestFacts => ({
  model: body.model,
  stream: body.stream === true,
  streamUsage: true,
  maxTokens: body.max_output_tokens ?? null,
  choices: 1,
  user: body.safety_identifier ?? body.user ?? null,
  premium,
  size,
});
