import type { ReadRequest } from "../canonical/read-request.ts";
import type { CanonicalRequest, Message, SystemPart } from "../canonical/request.ts";
import type { RequestFacts } from "../canonical/request-facts.ts";
import {
  expected,
  fault,
  isBoolean,
  isInteger,
  isList,
  isNumber,
  isObject,
  isOneOf,
  isText,
  member,
  optional,
  refuseFault,
  under,
  type Fault,
  type JsonObject,
  type Rule,
} from "../field-rules.ts";
import { JsonScanner, readJson } from "../framing/json-scan.ts";
import { PromptTally } from "../openai/prompt-tally.ts";
import { ok, refuse, type Parsed } from "../result.ts";

/** A call of the library, as its body says it. */
interface Said {
  readonly prompt?: string | null;
  readonly messages?: readonly SaidMessage[] | null;
  readonly system?: string | null;
  readonly model: string;
  readonly temperature?: number | null;
  readonly maxTokens?: number | null;
  readonly responseFormat?: "text" | "json" | null;
  readonly stream?: boolean | null;
}

interface SaidMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

const maxInt32 = 2 ** 31 - 1;
const maxMessages = 10_000;

const isBlank = (text: string): boolean => text.trim() === "";

/** Providers refuse a text of blanks alone. */
const isSaid: Rule = (value) =>
  typeof value === "string" && isBlank(value)
    ? fault("invalid_value", "is blank, a text expected")
    : isText()(value);

const isRole = isOneOf("system", "user", "assistant");

const isMessage: Rule = (value) =>
  isObject(value)
    ? (member(value, "role", isRole) ?? member(value, "content", isSaid))
    : expected(value, "an object");

const daySeconds = 86_400;

const rules = {
  prompt: optional(isSaid),
  messages: optional(isList({ min: 1, max: maxMessages, each: isMessage })),
  system: optional(isText()),
  model: isText(),
  temperature: optional(isNumber(0, 2)),
  maxTokens: optional(isInteger(1, maxInt32)),
  responseFormat: optional(isOneOf("text", "json")),
  cacheTtl: optional(isInteger(0, daySeconds)),
  stream: optional(isBoolean),
} as const satisfies Readonly<Record<keyof Said | "cacheTtl", Rule>>;

const known: readonly string[] = Object.keys(rules);

/** Of every call, as programs name them. */
export const callOptions: readonly string[] = [
  "tenantId",
  "agentId",
  "sessionId",
  "signal",
  "idempotencyKey",
  "model",
];

/** Of a call that is answered in words: `stream` is a method. */
export const libraryOptions: readonly string[] = [
  ...callOptions,
  ...known.filter((name) => name !== "model" && name !== "stream"),
];

const scanner = new JsonScanner(known);

/** A call that a program makes inside its own process: always translated, never passed on. */
export class LibraryRequest implements ReadRequest {
  readonly facts: RequestFacts;
  readonly #said: Said;

  constructor(said: Said) {
    this.#said = said;
    this.facts = factsOf(said);
  }

  toCanonical(): Parsed<CanonicalRequest> {
    const said = this.#said;
    const { system, messages } = conversationOf(said);
    return ok({
      dialect: "openai",
      model: said.model,
      stream: said.stream === true,
      system,
      messages,
      tools: [],
      toolChoice: null,
      parallelTools: null,
      sampling: {
        temperature: said.temperature ?? null,
        topP: null,
        topK: null,
        seed: null,
        frequencyPenalty: null,
        presencePenalty: null,
      },
      stop: [],
      maxTokens: said.maxTokens ?? null,
      responseFormat: said.responseFormat === "json" ? { kind: "json" } : null,
      metadata: {},
      user: null,
      streamUsage: true,
      fieldNames: { messages: "messages", responseFormat: "responseFormat" },
      rest: {},
    });
  }

  /** Its bytes are not kept, and what was made of them is the texts. */
  forget(): void {}
}

/** Reads a call of the library. A member that nobody knows is refused: it was meant. */
export function readLibraryRequest(bytes: Buffer): Parsed<LibraryRequest> {
  const read = readJson(bytes, scanner);
  if (!read.ok) return read;
  const { json } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the call: no JSON object");
  const unknown = Object.keys(json).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const shown = JSON.stringify(unknown.slice(0, 64));
    const message = `Cannot accept the request: ${shown} is none of ${libraryOptions.join(", ")}`;
    return refuse("invalid_value", unknown.slice(0, 64), message);
  }
  const wrong = wrongMember(json);
  if (wrong !== null) return refuseFault(wrong);
  // The rules have looked at every member.
  return ok(new LibraryRequest(json as unknown as Said));
}

function wrongMember(json: JsonObject): Fault | null {
  for (const [key, rule] of Object.entries(rules)) {
    const found = member(json, key, rule);
    if (found !== null) return found;
  }
  const hasPrompt = (json["prompt"] ?? null) !== null;
  const hasMessages = (json["messages"] ?? null) !== null;
  if (hasPrompt && hasMessages) {
    return under(
      "messages",
      fault("invalid_value", "stands beside prompt, one of the two allowed"),
    );
  }
  if (hasPrompt || hasMessages) return null;
  return under("prompt", fault("missing_field", "is missing, a text or messages expected"));
}

interface Conversation {
  readonly system: readonly SystemPart[];
  readonly messages: readonly Message[];
}

/** Instructions ahead of the first turn are the system's; later ones keep their place. */
function conversationOf({ prompt, messages, system }: Said): Conversation {
  const said = messages ?? [{ role: "user" as const, content: prompt ?? "" }];
  const first = said.findIndex(({ role }) => role !== "system");
  const leading = first === -1 ? said.length : first;
  const texts = [system ?? "", ...said.slice(0, leading).map(({ content }) => content)];
  return {
    system: texts.filter((text) => !isBlank(text)).map((text) => ({ kind: "text", text })),
    messages: said.slice(leading).map(({ role, content }) => ({
      role,
      parts: [{ kind: "text", text: content }],
    })),
  };
}

function factsOf(said: Said): RequestFacts {
  const size = new PromptTally();
  const { system, messages } = conversationOf(said);
  for (const { parts } of messages) {
    for (const part of parts) if (part.kind === "text") size.text(part.text);
  }
  for (const part of system) if (part.kind === "text") size.text(part.text);
  size.messages = messages.length + system.length;
  return {
    model: said.model,
    stream: said.stream === true,
    streamUsage: true,
    maxTokens: said.maxTokens ?? null,
    choices: 1,
    user: null,
    size,
  };
}
