import type {
  CanonicalRequest,
  Message,
  ResponseFormat,
  Sampling,
  Tool,
  ToolChoice,
} from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { ok } from "../result.ts";
import type {
  ConverseBody,
  ConverseMessage,
  ConverseToolChoice,
  OutputConfig,
  ToolConfig,
} from "./converse-body.ts";
import type { PathFacts } from "../canonical/path-facts.ts";
import { toParts, toSystemParts, unsupported, type Translated } from "./to-canonical-blocks.ts";

/** Members that have a place of their own in the canonical shape. */
const translated: ReadonlySet<string> = new Set([
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "outputConfig",
  "requestMetadata",
  "additionalModelRequestFields",
]);

/** A checked Converse body in the canonical shape (WIR-8). */
export function toCanonical(body: ConverseBody, path: PathFacts): Translated<CanonicalRequest> {
  const messages = toMessages(body.messages);
  if (!messages.ok) return messages;
  const system = toSystemParts(body.system ?? []);
  if (!system.ok) return system;
  const tools = toTools(body.toolConfig ?? { tools: [] });
  if (!tools.ok) return tools;
  const { inferenceConfig, requestMetadata } = body;
  return ok({
    dialect: "bedrock",
    model: path.model,
    stream: path.stream,
    system: system.value,
    messages: messages.value,
    tools: tools.value,
    toolChoice: toToolChoice(body.toolConfig?.toolChoice ?? null),
    parallelTools: null,
    sampling: toSampling(body),
    stop: inferenceConfig?.stopSequences ?? [],
    maxTokens: inferenceConfig?.maxTokens ?? null,
    responseFormat: toResponseFormat(body.outputConfig ?? null),
    metadata: inert(requestMetadata ?? {}),
    user: userOf(body),
    streamUsage: true,
    rest: restOf(body),
  });
}

/** The end user, where the client's own metadata name one. */
export const userOf = ({ requestMetadata }: ConverseBody): string | null => {
  const user = requestMetadata?.["user"] ?? requestMetadata?.["user_id"] ?? "";
  return user === "" ? null : user;
};

function toMessages(messages: readonly ConverseMessage[]): Translated<Message[]> {
  const made: Message[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const parts = toParts(content, `messages.[${index}].content`);
    if (!parts.ok) return parts;
    made.push({ role, parts: parts.value });
  }
  return ok(made);
}

/** A cache point in the list of tools belongs to the tool before it. */
function toTools({ tools }: ToolConfig): Translated<Tool[]> {
  const made: Tool[] = [];
  for (const [index, { toolSpec, cachePoint }] of tools.entries()) {
    const last = made.at(-1);
    if (toolSpec) {
      const { name, description, inputSchema, strict } = toolSpec;
      made.push({
        name,
        description: description ?? null,
        parameters: inputSchema.json ?? null,
        strict: strict ?? null,
      });
    } else if (cachePoint && last !== undefined) {
      made[made.length - 1] = { ...last, cachePoint: cachePoint.ttl ?? "5m" };
    } else if (!cachePoint) return unsupported(`toolConfig.tools.[${index}]`);
  }
  return ok(made);
}

function toToolChoice(choice: ConverseToolChoice | null): ToolChoice | null {
  if (choice === null) return null;
  if (choice.tool) return { kind: "tool", name: choice.tool.name };
  return { kind: choice.any === undefined || choice.any === null ? "auto" : "required" };
}

const toSampling = (body: ConverseBody): Sampling => ({
  temperature: body.inferenceConfig?.temperature ?? null,
  topP: body.inferenceConfig?.topP ?? null,
  topK: topKOf(body),
  seed: null,
  frequencyPenalty: null,
  presencePenalty: null,
});

/** No member of Converse's own: a field of the models that know it. */
function topKOf({ additionalModelRequestFields: fields }: ConverseBody): number | null {
  const topK = isObject(fields) ? fields["top_k"] : null;
  return typeof topK === "number" ? topK : null;
}

function toResponseFormat(output: OutputConfig | null): ResponseFormat | null {
  const { textFormat } = output ?? {};
  if (textFormat === undefined || textFormat === null) return null;
  const { schema, name, description } = textFormat.structure.jsonSchema;
  return {
    kind: "schema",
    name: name ?? "answer",
    schema: JSON.parse(schema),
    strict: null,
    description: description ?? null,
  };
}

/** Without a prototype a key like `__proto__` is a key like any other (SEC-5). */
function inert<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  const copy: Record<string, T> = Object.create(null);
  for (const key in record) {
    const value = record[key];
    if (value !== undefined) copy[key] = value;
  }
  return copy;
}

/**
 * Members that only Converse knows, as they came. The effort stands among the fields of the model,
 * where its maker keeps it.
 */
function restOf(body: ConverseBody): Record<string, unknown> {
  const rest: Record<string, unknown> = inert({});
  for (const key in body) {
    // Any member of the JSON object may be read as unknown.
    const value = (body as unknown as Record<string, unknown>)[key];
    if (!translated.has(key) && value !== null && value !== undefined) rest[key] = value;
  }
  const fields = fieldsOf(body);
  if (Object.keys(fields).length > 0) rest["additionalModelRequestFields"] = fields;
  return rest;
}

function fieldsOf(body: ConverseBody): Record<string, unknown> {
  const { additionalModelRequestFields: given, outputConfig } = body;
  const fields = inert(isObject(given) ? given : {});
  if (topKOf(body) !== null) delete fields["top_k"];
  const effort = outputConfig?.effort;
  if (effort === undefined || effort === null) return fields;
  const config = fields["output_config"];
  fields["output_config"] = { ...(isObject(config) ? config : {}), effort };
  return fields;
}
