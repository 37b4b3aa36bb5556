import { Fields } from "../fields.ts";
import type { AnswerFormat, Question, ToolOffer, ToolUse } from "../question.ts";
import { parseBody, readModel, readSchema, readStops, readToolName } from "../request-json.ts";
import { readMessages } from "./read-messages.ts";

const mostChoices = 16;
const mostStops = 4;
const mostTools = 1_024;
const mostTokens = 10_000_000;

const readTools = (body: Fields): ToolOffer[] => {
  const tools = body.list("tools") ?? [];
  if (tools.length > mostTools) {
    const text = `Invalid 'tools': at most ${mostTools} tools, but got ${tools.length}.`;
    throw body.invalid("tools", text);
  }
  return tools.map((value, n) => {
    const tool = new Fields(value, `tools[${n}]`);
    const described = tool.object("function");
    if (described === null) throw tool.missing("function");
    const name = readToolName(described);
    const parameters = readSchema(described, "parameters");
    return { name, description: described.string("description") ?? "", parameters };
  });
};

const readToolUse = (body: Fields, tools: readonly ToolOffer[]): ToolUse => {
  const choice = body.any("tool_choice");
  if (choice === null) return { kind: "auto" };
  if (tools.length === 0) {
    throw body.invalid("tool_choice", "'tool_choice' is only allowed when 'tools' are specified.");
  }
  if (choice === "auto" || choice === "none" || choice === "required") return { kind: choice };
  const name = body.object("tool_choice")?.object("function")?.string("name") ?? null;
  if (name === null) throw body.missing("tool_choice.function.name");
  if (!tools.some((tool) => tool.name === name)) {
    throw body.invalid("tool_choice", `Tool choice '${name}' not found in 'tools' parameter.`);
  }
  return { kind: "named", name };
};

const readFormat = (body: Fields): AnswerFormat => {
  const format = body.object("response_format");
  const type = format?.string("type") ?? "text";
  if (type === "text") return { kind: "text" };
  if (type === "json_object") return { kind: "json" };
  const described = format?.object("json_schema") ?? null;
  if (type !== "json_schema" || described === null) {
    throw body.invalid("response_format.type", "Expected 'text', 'json_object' or 'json_schema'.");
  }
  if (described.string("name") === null) throw described.missing("name");
  return { kind: "schema", schema: readSchema(described, "schema") ?? {} };
};

const readMaxTokens = (body: Fields): number | null => {
  const limits = { min: 1, max: mostTokens, isInteger: true };
  return body.number("max_completion_tokens", limits) ?? body.number("max_tokens", limits);
};

const checkSampling = (body: Fields): void => {
  body.number("temperature", { min: 0, max: 2, isInteger: false });
  body.number("top_p", { min: 0, max: 1, isInteger: false });
  body.number("frequency_penalty", { min: -2, max: 2, isInteger: false });
  body.number("presence_penalty", { min: -2, max: 2, isInteger: false });
  body.number("seed", { min: -(2 ** 63), max: 2 ** 63, isInteger: true });
};

/** Reads a chat completions request. Throws `Failure<RefusalCode>`. */
export const readChat = (bytes: Buffer): Question => {
  const body = parseBody(bytes);
  const stream = body.boolean("stream") ?? false;
  const streamOptions = body.object("stream_options");
  if (streamOptions !== null && !stream) {
    const text = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw body.invalid("stream_options", text);
  }
  checkSampling(body);
  const tools = readTools(body);
  return {
    model: readModel(body),
    stream,
    streamUsage: streamOptions?.boolean("include_usage") ?? false,
    turns: readMessages(body),
    tools,
    toolUse: readToolUse(body, tools),
    parallelTools: body.boolean("parallel_tool_calls") ?? true,
    format: readFormat(body),
    stop: readStops(body, "stop", mostStops),
    maxTokens: readMaxTokens(body),
    choices: body.number("n", { min: 1, max: mostChoices, isInteger: true }) ?? 1,
    thinking: false,
    cuts: [],
  };
};
