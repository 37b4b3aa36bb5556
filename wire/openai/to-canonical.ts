import type {
  CanonicalRequest,
  Message,
  ResponseFormat,
  Sampling,
  TextPart,
  Tool,
  ToolChoice,
} from "../canonical/request.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import type {
  ChatBody,
  ChatFunction,
  ChatMessage,
  ChatResponseFormat,
  ChatToolChoice,
} from "./chat-body.ts";
import { toMessage, toTextParts } from "./to-canonical-message.ts";

type Unsupported = Refusal<"unsupported_by_target">;

const unsupported = (path: string, instead: string): Unsupported =>
  refuse(
    "unsupported_by_target",
    path,
    `Cannot translate the request: only a target of the OpenAI dialect carries "${path}"${instead}`,
  );

/** Members that have a place of their own in the canonical shape. */
const translated: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "frequency_penalty",
  "presence_penalty",
  "seed",
  "stop",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "response_format",
  "metadata",
  "user",
  "safety_identifier",
]);

/** A checked chat body in the canonical shape (WIR-8). */
export function toCanonical(body: ChatBody): Parsed<CanonicalRequest, "unsupported_by_target"> {
  const refused = findUntranslatable(body);
  if (refused !== null) return refused;
  const leading = body.messages.findIndex((message) => !isInstruction(message));
  const instructions = leading === -1 ? body.messages.length : leading;
  return ok({
    dialect: "openai",
    model: body.model,
    stream: body.stream === true,
    system: toSystem(body.messages.slice(0, instructions)),
    messages: toMessages(body.messages.slice(instructions)),
    tools: toTools(body),
    toolChoice: toToolChoice(body.tool_choice ?? null),
    parallelTools: body.parallel_tool_calls ?? null,
    sampling: toSampling(body),
    stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? []),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    responseFormat: toResponseFormat(body.response_format ?? null),
    metadata: inert(body.metadata ?? {}),
    user: body.safety_identifier ?? body.user ?? null,
    streamUsage: body.stream_options?.include_usage === true,
    rest: restOf(body),
  });
}

function findUntranslatable(body: ChatBody): Unsupported | null {
  const { functions, function_call: functionCall } = body;
  if (functions !== undefined && functions !== null) {
    return unsupported("functions", "; use tools");
  }
  if (functionCall !== undefined && functionCall !== null) {
    return unsupported("function_call", "; use tool_choice");
  }
  const custom = body.tools?.findIndex((tool) => tool.type === "custom") ?? -1;
  if (custom !== -1) return unsupported(`tools.[${custom}].custom`, "; use a function");
  for (const [index, message] of body.messages.entries()) {
    const place = `messages.[${index}]`;
    if (message.role === "function") return unsupported(`${place}.role`, "; use tool");
    if (message.role !== "assistant") continue;
    if (message.function_call !== undefined && message.function_call !== null) {
      return unsupported(`${place}.function_call`, "; use tool_calls");
    }
    const call = message.tool_calls?.findIndex((made) => made.type === "custom") ?? -1;
    if (call !== -1) return unsupported(`${place}.tool_calls.[${call}].custom`, "");
  }
  return null;
}

const isInstruction = (message: ChatMessage): boolean =>
  message.role === "system" || message.role === "developer";

const toSystem = (messages: readonly ChatMessage[]): TextPart[] =>
  messages.flatMap((message) => toTextParts(message.content ?? null));

const toMessages = (messages: readonly ChatMessage[]): Message[] =>
  messages.flatMap((message) => (message.role === "function" ? [] : [toMessage(message)]));

/** `allowed_tools` narrows the list: what the model may not call is as good as not there. */
function toTools({ tools, tool_choice: choice }: ChatBody): Tool[] {
  const allowed =
    typeof choice === "object" && choice?.type === "allowed_tools"
      ? new Set(choice.allowed_tools.tools.map((tool) => tool.function?.name))
      : null;
  return (tools ?? []).flatMap((tool) => {
    if (tool.type !== "function") return [];
    return allowed === null || allowed.has(tool.function.name) ? [toTool(tool.function)] : [];
  });
}

export const toTool = ({ name, description, parameters, strict }: ChatFunction): Tool => ({
  name,
  description: description ?? null,
  parameters: parameters ?? null,
  strict: strict ?? null,
});

function toToolChoice(choice: ChatToolChoice | null): ToolChoice | null {
  if (choice === null) return null;
  if (typeof choice === "string") return { kind: choice };
  if (choice.type === "allowed_tools") return { kind: choice.allowed_tools.mode };
  return {
    kind: "tool",
    name: choice.type === "custom" ? choice.custom.name : choice.function.name,
  };
}

const toSampling = (body: ChatBody): Sampling => ({
  temperature: body.temperature ?? null,
  topP: body.top_p ?? null,
  topK: null,
  seed: body.seed ?? null,
  frequencyPenalty: body.frequency_penalty ?? null,
  presencePenalty: body.presence_penalty ?? null,
});

export function toResponseFormat(format: ChatResponseFormat | null): ResponseFormat | null {
  if (format === null) return null;
  if (format.type !== "json_schema") return { kind: format.type === "text" ? "text" : "json" };
  const { name, schema, strict, description } = format.json_schema;
  return {
    kind: "schema",
    name,
    schema: schema ?? null,
    strict: strict ?? null,
    description: description ?? null,
  };
}

/** Without a prototype a key like `__proto__` is a key like any other (SEC-5). */
export function inert<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  const copy: Record<string, T> = Object.create(null);
  for (const key in record) {
    const value = record[key];
    if (value !== undefined) copy[key] = value;
  }
  return copy;
}

function restOf(body: ChatBody): Record<string, unknown> {
  const rest: Record<string, unknown> = inert({});
  for (const key in body) {
    if (translated.has(key)) continue;
    // Any member of the JSON object may be read as unknown.
    const value = (body as unknown as Record<string, unknown>)[key];
    if (value !== null && value !== undefined) rest[key] = value;
  }
  return rest;
}
