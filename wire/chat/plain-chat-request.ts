import type { ReadRequest } from "../canonical/read-request.ts";
import type { CanonicalRequest } from "../canonical/request.ts";
import type { RequestFacts } from "../canonical/request-facts.ts";
import {
  fault,
  isObject,
  isText,
  member,
  optional,
  refuseFault,
  type Rule,
} from "../field-rules.ts";
import { JsonScanner, readJson } from "../framing/json-scan.ts";
import { PromptTally } from "../openai/prompt-tally.ts";
import { ok, refuse, type Parsed } from "../result.ts";

/** What a request of the plain chat service leaves to its operator. */
export interface PlainChatSetup {
  /** The name that is called. */
  readonly model: string;
  /** Of requests without a `system_prompt`. */
  readonly systemPrompt: string;
  /** Null: what the alias says. */
  readonly temperature: number | null;
  /** Null sends none. */
  readonly topK: number | null;
}

interface Said {
  readonly content: string;
  /** Blank for a request that wants no instruction. */
  readonly system: string;
}

const scanner = new JsonScanner(["content", "system_prompt"]);

/** A question to the plain chat service: always translated, into a chat with one message. */
export class PlainChatRequest implements ReadRequest {
  readonly facts: RequestFacts;
  readonly #said: Said;
  readonly #setup: PlainChatSetup;

  constructor(said: Said, setup: PlainChatSetup) {
    this.#said = said;
    this.#setup = setup;
    this.facts = factsOf(said, setup);
  }

  toCanonical(): Parsed<CanonicalRequest> {
    const { content, system } = this.#said;
    const { model, temperature, topK } = this.#setup;
    return ok({
      dialect: "openai",
      model,
      stream: false,
      system: isBlank(system) ? [] : [{ kind: "text", text: system }],
      messages: [{ role: "user", parts: [{ kind: "text", text: content }] }],
      tools: [],
      toolChoice: null,
      parallelTools: null,
      sampling: {
        temperature,
        topP: null,
        topK,
        seed: null,
        frequencyPenalty: null,
        presencePenalty: null,
      },
      stop: [],
      maxTokens: null,
      responseFormat: null,
      metadata: {},
      user: null,
      streamUsage: false,
      rest: {},
    });
  }

  /** Its bytes are not kept, and what was made of them is two texts. */
  forget(): void {}
}

/** Reads the body of `POST /chat`; members that it does not know change nothing. */
export function readPlainChatRequest(
  bytes: Buffer,
  setup: PlainChatSetup,
): Parsed<PlainChatRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const wrong =
    member(json, "content", isSaid) ?? member(json, "system_prompt", optional(isText()));
  if (wrong !== null) return refuseFault(wrong);
  // The rules have seen that they are strings.
  const said = json as { readonly content: string; readonly system_prompt?: string | null };
  const system = said.system_prompt ?? setup.systemPrompt;
  return ok(new PlainChatRequest({ content: said.content, system }, setup));
}

const isBlank = (text: string): boolean => text.trim() === "";

/** Providers refuse a text of blanks alone. */
const isSaid: Rule = (value) =>
  typeof value === "string" && isBlank(value)
    ? fault("invalid_value", "is blank, a text expected")
    : isText()(value);

function factsOf({ content, system }: Said, { model }: PlainChatSetup): RequestFacts {
  const size = new PromptTally();
  size.text(content);
  size.text(system);
  size.messages = 2;
  return {
    model,
    stream: false,
    streamUsage: false,
    maxTokens: null,
    choices: 1,
    user: null,
    size,
  };
}
