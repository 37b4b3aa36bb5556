import type { BodyChanges } from "../canonical/body-changes.ts";
import type { PathFacts } from "../canonical/path-facts.ts";
import type { ReadRequest } from "../canonical/read-request.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import type { RequestFacts } from "../canonical/request-facts.ts";
import { isObject, refuseFault } from "../field-rules.ts";
import { JsonScanner, readJson, type JsonScan } from "../framing/json-scan.ts";
import { ok, refuse, type Parsed } from "../result.ts";
import { checkGenerateBody } from "./check-body.ts";
import type { GenerateBody } from "./generate-body.ts";
import { premiumOf } from "./premium.ts";
import { PromptTally } from "./prompt-tally.ts";
import { findDuplicate, rewriteBody, steeringKeys, type SteeringKey } from "./rewrite-body.ts";
import { respelled } from "./spelling.ts";
import { toCanonical } from "./to-canonical.ts";

const scanner = new JsonScanner(steeringKeys);

/** What the provider adds to a prompt with functions or with a schema, rounded up. */
const addedPromptTokens = 1024;

/** A request for content: what the gateway must know of it, and its bytes. */
export class GenerateRequest implements ReadRequest {
  readonly facts: RequestFacts;
  readonly #bytes: Buffer;
  readonly #scan: JsonScan<SteeringKey>;
  #body: GenerateBody | null;

  constructor(bytes: Buffer, scan: JsonScan<SteeringKey>, said: Said) {
    this.#bytes = bytes;
    this.#scan = scan;
    this.#body = said.body;
    this.facts = said.facts;
  }

  toCanonical(): Parsed<CanonicalRequest> {
    const { model, stream } = this.facts;
    return toCanonical(this.#said, { model, stream });
  }

  forget(): void {
    this.#body = null;
  }

  /**
   * The bytes for a target that speaks this dialect too: those of the client but for the changes
   * (WIR-10). `model` changes nothing here: it stands in the path.
   */
  rewrite(changes: BodyChanges): Buffer {
    return rewriteBody({ bytes: this.#bytes, scan: this.#scan, body: this.#said }, changes);
  }

  get #said(): GenerateBody {
    // The same bytes say the same thing, and were checked.
    this.#body ??= respelled(JSON.parse(this.#bytes.toString("utf8"))) as GenerateBody;
    return this.#body;
  }
}

interface Said {
  readonly body: GenerateBody;
  readonly facts: RequestFacts;
}

/**
 * Reads the body of `POST …/models/{model}:generateContent` and `:streamGenerateContent`; nothing
 * is built that a pass-through does not need.
 */
export function readGenerateRequest(bytes: Buffer, path: PathFacts): Parsed<GenerateRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { scan } = read.value;
  const twice = findDuplicate(bytes, scan);
  if (twice !== null) return twice;
  const json = respelled(read.value.json);
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const tally = new PromptTally();
  const found = checkGenerateBody(json, tally);
  if (found !== null) return refuseFault(found);
  // checkGenerateBody has looked at every member that GenerateBody names.
  const body = json as unknown as GenerateBody;
  tallySchemas(body, tally);
  const facts = factsOf(body, path, { size: tally, premium: premiumOf(json) });
  return ok(new GenerateRequest(bytes, scan, { body, facts }));
}

/** Beside what the client writes, the provider tells the model how to use it. */
function tallySchemas(body: GenerateBody, tally: PromptTally): void {
  const { responseSchema, responseJsonSchema } = body.generationConfig ?? {};
  for (const schema of [body.tools, responseSchema, responseJsonSchema]) {
    if (schema === undefined || schema === null) continue;
    tally.schemaBytes += Buffer.byteLength(JSON.stringify(schema));
  }
  if (tally.schemaBytes > 0) tally.textBytes += addedPromptTokens;
  for (const { functionDeclarations: functions } of body.tools ?? []) {
    if (functions) tally.tools += functions.length;
    // What Google's own tools bring into the prompt, only Google knows.
    else tally.reference();
  }
  if (typeof body.cachedContent === "string") tally.reference();
}

/** Streams of this dialect tell of usage, whoever asks. */
const factsOf = (
  { generationConfig: config }: GenerateBody,
  { model, stream }: PathFacts,
  known: Pick<RequestFacts, "size" | "premium">,
): RequestFacts => ({
  model,
  stream,
  streamUsage: true,
  maxTokens: config?.maxOutputTokens ?? null,
  choices: config?.candidateCount ?? 1,
  user: null,
  ...known,
});
