import type {
  CanonicalRequest,
  Message,
  ResponseFormat,
  SystemPart,
  Tool,
  ToolChoice,
} from "../canonical/request.ts";
import { ok, type Parsed } from "../result.ts";
import { isProvidersTool } from "./check-tools.ts";
import type {
  MessageBody,
  MessageParam,
  TextBlock,
  ToolChoiceParam,
  ToolParam,
} from "./message-body.ts";
import {
  toCachePoint,
  toParts,
  toTextPart,
  unsupported,
  type Unsupported,
} from "./to-canonical-blocks.ts";

/** Members that have a place of their own in the canonical shape. */
const translated: ReadonlySet<string> = new Set([
  "model",
  "max_tokens",
  "messages",
  "system",
  "stream",
  "temperature",
  "top_p",
  "top_k",
  "stop_sequences",
  "tools",
  "tool_choice",
  "metadata",
  "output_config",
  "output_format",
]);

/** A checked message body in the canonical shape (WIR-8). */
export function toCanonical(body: MessageBody): Parsed<CanonicalRequest, "unsupported_by_target"> {
  const refused = findUntranslatableTool(body.tools ?? []);
  if (refused !== null) return refused;
  const messages = toMessages(body.messages);
  if (!messages.ok) return messages;
  const { user_id: user } = body.metadata ?? {};
  return ok({
    dialect: "anthropic",
    model: body.model,
    stream: body.stream === true,
    system: toSystem(body.system ?? []),
    messages: messages.value,
    tools: (body.tools ?? []).map(toTool),
    toolChoice: toToolChoice(body.tool_choice ?? null),
    parallelTools: toParallelTools(body.tool_choice ?? null),
    sampling: {
      temperature: body.temperature ?? null,
      topP: body.top_p ?? null,
      topK: body.top_k ?? null,
      seed: null,
      frequencyPenalty: null,
      presencePenalty: null,
    },
    stop: body.stop_sequences ?? [],
    maxTokens: body.max_tokens ?? null,
    responseFormat: toResponseFormat(body),
    metadata: {},
    user: typeof user === "string" && user !== "" ? user : null,
    streamUsage: true,
    rest: restOf(body),
  });
}

/** Tools that the provider describes, runs, or loads by itself. */
function findUntranslatableTool(tools: readonly ToolParam[]): Unsupported | null {
  for (const [index, tool] of tools.entries()) {
    const place = `tools.[${index}]`;
    if (isProvidersTool(tool.type)) return unsupported(`${place}.type`);
    if (tool.defer_loading === true) return unsupported(`${place}.defer_loading`);
    if (tool.allowed_callers?.some((caller) => caller !== "direct") === true) {
      return unsupported(`${place}.allowed_callers`);
    }
  }
  return null;
}

function toSystem(system: string | readonly TextBlock[]): SystemPart[] {
  if (typeof system === "string") return [{ kind: "text", text: system }];
  return system.flatMap((block): SystemPart[] => {
    const { cache_control: mark } = block;
    return mark ? [toTextPart(block), toCachePoint(mark)] : [toTextPart(block)];
  });
}

function toMessages(messages: readonly MessageParam[]): Parsed<Message[], "unsupported_by_target"> {
  const translatedMessages: Message[] = [];
  for (const [index, { role, content }] of messages.entries()) {
    const parts = toParts(content, `messages.[${index}].content`);
    if (!parts.ok) return parts;
    translatedMessages.push({ role, parts: parts.value });
  }
  return ok(translatedMessages);
}

function toTool(tool: ToolParam): Tool {
  const { name = "", description, strict, input_schema: parameters } = tool;
  const { input_examples: examples, cache_control: mark } = tool;
  return {
    name,
    description: description ?? null,
    parameters,
    strict: strict ?? null,
    ...(examples ? { examples } : {}),
    ...(mark ? { cachePoint: mark.ttl ?? "5m" } : {}),
  };
}

const choices = { auto: "auto", any: "required", none: "none" } as const;

function toToolChoice(choice: ToolChoiceParam | null): ToolChoice | null {
  if (choice === null) return null;
  const { type, name = "" } = choice;
  return type === "tool" ? { kind: "tool", name } : { kind: choices[type] };
}

const toParallelTools = (choice: ToolChoiceParam | null): boolean | null => {
  const isDisabled = choice?.disable_parallel_tool_use ?? null;
  return isDisabled === null ? null : !isDisabled;
};

function toResponseFormat(body: MessageBody): ResponseFormat | null {
  const format = body.output_config?.format ?? body.output_format ?? null;
  if (format === null) return null;
  const { schema } = format;
  return { kind: "schema", name: "answer", schema, strict: true, description: null };
}

/** Without a prototype a key like `__proto__` is a key like any other (SEC-5). */
function restOf(body: MessageBody): Record<string, unknown> {
  const rest: Record<string, unknown> = Object.create(null);
  for (const key in body) {
    if (translated.has(key)) continue;
    // Any member of the JSON object may be read as unknown.
    const value = (body as unknown as Record<string, unknown>)[key];
    // Bedrock's clients say it in the body too, and what they mean by it is the dialect itself.
    if (key === "anthropic_version") continue;
    if (value !== null && value !== undefined) rest[key] = value;
  }
  const config = withoutFormat(body.output_config);
  if (config !== null) rest["output_config"] = config;
  return rest;
}

function withoutFormat(config: MessageBody["output_config"]): object | null {
  const { format: _, ...others } = config ?? {};
  return Object.keys(others).length === 0 ? null : others;
}
