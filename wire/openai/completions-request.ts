import type { ReadRequest } from "../canonical/read-request.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import type { RequestFacts } from "../canonical/request-facts.ts";
import { expected, isObject, refuseFault, under, type JsonObject } from "../field-rules.ts";
import { JsonScanner, readJson } from "../framing/json-scan.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import type { ChatBody } from "./chat-body.ts";
import { factsOf } from "./chat-request.ts";
import { checkMembers } from "./check-body.ts";
import { PromptTally } from "./prompt-tally.ts";
import { toCanonical } from "./to-canonical.ts";

const scanner = new JsonScanner(["model", "prompt", "stream", "max_tokens", "n", "stream_options"]);

/** Members that mean the same in a chat completion. */
const shared = [
  "model",
  "stream",
  "stream_options",
  "max_tokens",
  "temperature",
  "top_p",
  "frequency_penalty",
  "presence_penalty",
  "logit_bias",
  "seed",
  "stop",
  "user",
] as const;

/** A legacy completion: always translated, into a chat with one message. */
export class CompletionsRequest implements ReadRequest {
  readonly facts: RequestFacts;
  readonly #body: ChatBody;

  constructor(body: ChatBody, facts: RequestFacts) {
    this.#body = body;
    this.facts = facts;
  }

  toCanonical(): Parsed<CanonicalRequest> {
    return toCanonical(this.#body);
  }

  /** Its bytes are not kept, and what was made of them is one text. */
  forget(): void {}
}

/** Reads the body of `POST /v1/completions`. */
export function readCompletionsRequest(bytes: Buffer): Parsed<CompletionsRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const unsupported = findUnsupported(json);
  if (unsupported !== null) return unsupported;
  const found = checkMembers(json);
  if (found !== null) return refuseFault(found);
  const prompt: unknown = Array.isArray(json["prompt"]) ? json["prompt"][0] : json["prompt"];
  if (typeof prompt !== "string") {
    return refuseFault(under("prompt", expected(json["prompt"], "a string")));
  }
  const body: Record<string, unknown> = { messages: [{ role: "user", content: prompt }] };
  for (const key of shared) body[key] = json[key];
  // checkMembers has looked at every member copied here.
  const chat = body as unknown as ChatBody;
  const tally = new PromptTally();
  tally.text(prompt);
  tally.messages = 1;
  return ok(new CompletionsRequest(chat, factsOf(chat, tally, null)));
}

type Unsupported = Refusal<"unsupported_by_target">;

const unsupported = (path: string, reason: string): Unsupported =>
  refuse("unsupported_by_target", path, `Cannot serve the legacy completion: ${reason}`);

/** What only the retired models could do. */
function findUnsupported(json: JsonObject): Unsupported | null {
  const { prompt, suffix, echo, best_of: bestOf, n, logprobs } = json;
  if (Array.isArray(prompt)) {
    if (prompt.length > 0 && typeof prompt[0] !== "string") {
      return unsupported("prompt", "the prompt is given as tokens, text is expected");
    }
    if (prompt.length > 1) {
      return unsupported("prompt", `${prompt.length} prompts are given, one is served per call`);
    }
  }
  if (suffix !== undefined && suffix !== null) {
    return unsupported("suffix", "no model here inserts text before a suffix");
  }
  if (echo === true) return unsupported("echo", "the prompt cannot be echoed");
  if (bestOf !== undefined && bestOf !== null && bestOf !== 1) {
    return unsupported("best_of", "one candidate is made per call");
  }
  if (n !== undefined && n !== null && n !== 1) {
    return unsupported("n", "one answer is served per call");
  }
  if (logprobs !== undefined && logprobs !== null) {
    return unsupported("logprobs", "log probabilities are served by /v1/chat/completions only");
  }
  return null;
}
