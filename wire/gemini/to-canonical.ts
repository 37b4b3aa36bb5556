import type { PathFacts } from "../canonical/path-facts.ts";
import type {
  CanonicalRequest,
  ResponseFormat,
  Sampling,
  SystemPart,
  Tool,
  ToolChoice,
} from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { ok } from "../result.ts";
import type {
  Content,
  FunctionCallingConfig,
  GenerateBody,
  GenerationConfig,
  ToolEntry,
} from "./generate-body.ts";
import { toJsonSchema } from "./json-schema.ts";
import { toMessages, unsupported, type Translated } from "./to-canonical-contents.ts";

/** Members that have a place of their own in the canonical shape. */
const translated: ReadonlySet<string> = new Set([
  "contents",
  "systemInstruction",
  "tools",
  "toolConfig",
  "generationConfig",
  // It stands in the path, and may stand here as well.
  "model",
]);

const translatedConfig: ReadonlySet<string> = new Set([
  "temperature",
  "topP",
  "topK",
  "maxOutputTokens",
  "seed",
  "presencePenalty",
  "frequencyPenalty",
  "stopSequences",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
]);

/** A checked body in the canonical shape (WIR-8). */
export function toCanonical(body: GenerateBody, path: PathFacts): Translated<CanonicalRequest> {
  const messages = toMessages(body.contents);
  if (!messages.ok) return messages;
  const system = toSystem(body.systemInstruction ?? {});
  if (!system.ok) return system;
  const tools = toTools(body.tools ?? []);
  if (!tools.ok) return tools;
  const choice = toToolChoice(body.toolConfig?.functionCallingConfig ?? {});
  if (!choice.ok) return choice;
  const config = body.generationConfig ?? {};
  return ok({
    dialect: "gemini",
    model: path.model,
    stream: path.stream,
    system: system.value,
    messages: messages.value,
    tools: tools.value,
    toolChoice: choice.value,
    parallelTools: null,
    sampling: toSampling(config),
    stop: config.stopSequences ?? [],
    maxTokens: config.maxOutputTokens ?? null,
    responseFormat: toResponseFormat(config),
    metadata: {},
    user: null,
    streamUsage: true,
    rest: restOf(body),
  });
}

function toSystem({ parts }: Content): Translated<SystemPart[]> {
  const made: SystemPart[] = [];
  for (const [index, { text }] of (parts ?? []).entries()) {
    if (typeof text !== "string") return unsupported(`systemInstruction.parts.[${index}]`);
    made.push({ kind: "text", text });
  }
  return ok(made);
}

/** Tools that Google runs have no functions. */
function toTools(tools: readonly ToolEntry[]): Translated<Tool[]> {
  const made: Tool[] = [];
  for (const [index, { functionDeclarations: functions }] of tools.entries()) {
    if (!functions) return unsupported(`tools.[${index}]`);
    for (const { name, description, parameters, parametersJsonSchema } of functions) {
      made.push({
        name,
        description: description ?? null,
        parameters: parametersJsonSchema ?? toJsonSchema(parameters ?? null),
        strict: null,
      });
    }
  }
  return ok(made);
}

const choices = new Map<string, ToolChoice | null>([
  ["", null],
  ["MODE_UNSPECIFIED", null],
  ["AUTO", { kind: "auto" }],
  ["VALIDATED", { kind: "auto" }],
  ["ANY", { kind: "required" }],
  ["NONE", { kind: "none" }],
]);

function toToolChoice({
  mode,
  allowedFunctionNames: names,
}: FunctionCallingConfig): Translated<ToolChoice | null> {
  const [name] = names ?? [];
  const choice = choices.get(mode ?? "");
  const path = "toolConfig.functionCallingConfig";
  if (choice === undefined) return unsupported(`${path}.mode`);
  if (name === undefined) return ok(choice);
  // One of several is no choice that other dialects know.
  if (names?.length !== 1 || mode !== "ANY") return unsupported(`${path}.allowedFunctionNames`);
  return ok({ kind: "tool", name });
}

const toSampling = (config: GenerationConfig): Sampling => ({
  temperature: config.temperature ?? null,
  topP: config.topP ?? null,
  topK: config.topK ?? null,
  seed: config.seed ?? null,
  frequencyPenalty: config.frequencyPenalty ?? null,
  presencePenalty: config.presencePenalty ?? null,
});

function toResponseFormat(config: GenerationConfig): ResponseFormat | null {
  const { responseSchema, responseJsonSchema: json, responseMimeType: type } = config;
  if (type === "text/plain") return { kind: "text" };
  if (type !== "application/json") return null;
  const schema = json ?? toJsonSchema(responseSchema ?? null);
  if (!isObject(schema)) return { kind: "json" };
  return { kind: "schema", name: "answer", schema, strict: null, description: null };
}

/**
 * Members that only this dialect knows, as they came; those from inside another member under their
 * whole path. Without a prototype a key like `__proto__` is a key like any other (SEC-5).
 */
function restOf(body: GenerateBody): Record<string, unknown> {
  const rest: Record<string, unknown> = Object.create(null);
  const addFrom = (object: unknown, known: ReadonlySet<string>, prefix: string): void => {
    if (!isObject(object)) return;
    for (const key in object) {
      const value = object[key];
      if (known.has(key) || value === null || value === undefined) continue;
      rest[prefix + key] = value;
    }
  };
  addFrom(body, translated, "");
  addFrom(body.generationConfig, translatedConfig, "generationConfig.");
  addFrom(body.toolConfig, new Set(["functionCallingConfig"]), "toolConfig.");
  const { responseMimeType: type } = body.generationConfig ?? {};
  const isOther =
    typeof type === "string" && !["text/plain", "application/json", ""].includes(type);
  if (isOther) rest["generationConfig.responseMimeType"] = type;
  return rest;
}
