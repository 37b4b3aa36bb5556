import { Fields } from "../fields.ts";
import { PromptReader } from "../prompt-reader.ts";
import type { AnswerFormat, Question, ToolOffer, ToolUse } from "../question.ts";
import { checkedSchema, parseBody, readSchema, readStops, readToolName } from "../request-json.ts";
import { inCamelCase } from "./camel-case.ts";
import { readContents } from "./read-contents.ts";

const mostTools = 1_024;
const mostStops = 5;
const mostChoices = 8;
const mostTokens = 10_000_000;

/** What stands in the path. */
export interface GeneratePath {
  readonly model: string;
  readonly stream: boolean;
}

/** A schema in the words of OpenAPI has its types in capitals. */
const inLowerCase = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === "type" && typeof value === "string" ? value.toLowerCase() : value,
  );

const readFunction = (value: unknown, path: string): ToolOffer => {
  const described = new Fields(value, path);
  return {
    name: readToolName(described),
    description: described.string("description") ?? "",
    parameters:
      readSchema(described, "parametersJsonSchema") ??
      inLowerCase(readSchema(described, "parameters") ?? {}),
  };
};

const readTools = (body: Fields, prompt: PromptReader): ToolOffer[] => {
  const offers = (body.list("tools") ?? []).flatMap((value, n) => {
    const tool = new Fields(value, `tools[${n}]`);
    const path = tool.pathOf("functionDeclarations");
    return (tool.list("functionDeclarations") ?? []).map((each, at) =>
      readFunction(each, `${path}[${at}]`),
    );
  });
  if (offers.length > mostTools) {
    throw body.invalid("tools", `At most ${mostTools} functions, but got ${offers.length}.`);
  }
  for (const offer of offers) prompt.tool(offer, null);
  return offers;
};

const modes: Readonly<Record<string, ToolUse["kind"]>> = {
  AUTO: "auto",
  VALIDATED: "auto",
  MODE_UNSPECIFIED: "auto",
  ANY: "required",
  NONE: "none",
};

const readToolUse = (body: Fields, tools: readonly ToolOffer[]): ToolUse => {
  const config = body.object("toolConfig")?.object("functionCallingConfig") ?? null;
  const mode = config?.string("mode") ?? "AUTO";
  const kind = Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  if (config === null || kind === undefined || kind === "named") {
    if (config === null) return { kind: "auto" };
    throw config.invalid("mode", `Invalid value at 'tool_config': "${mode}"`);
  }
  const [name] = (config.list("allowedFunctionNames") ?? []).map(String);
  if (kind !== "required" || name === undefined) return { kind };
  if (!tools.some((tool) => tool.name === name)) {
    throw config.invalid("allowedFunctionNames", `Function '${name}' is not declared.`);
  }
  return { kind: "named", name };
};

const readFormat = (config: Fields): AnswerFormat => {
  const type = config.string("responseMimeType") ?? "text/plain";
  const schema = config.any("responseJsonSchema") ?? config.any("responseSchema");
  if (type === "text/plain") {
    if (schema === null) return { kind: "text" };
    const text = "Schema is only supported with response_mime_type 'application/json'";
    throw config.invalid("responseMimeType", text);
  }
  if (type !== "application/json") {
    throw config.invalid(
      "responseMimeType",
      `* allowed mimetypes are text/plain, application/json`,
    );
  }
  if (schema === null) return { kind: "json" };
  return { kind: "schema", schema: inLowerCase(checkedSchema(schema, config, "responseSchema")) };
};

const checkSampling = (config: Fields): void => {
  config.number("temperature", { min: 0, max: 2, isInteger: false });
  config.number("topP", { min: 0, max: 1, isInteger: false });
  config.number("topK", { min: 1, max: 1e9, isInteger: false });
  config.number("presencePenalty", { min: -2, max: 2, isInteger: false });
  config.number("frequencyPenalty", { min: -2, max: 2, isInteger: false });
  config.number("seed", { min: -(2 ** 31), max: 2 ** 31 - 1, isInteger: true });
};

/** Models before 2.5 do not think. */
const readThinking = (config: Fields, model: string): boolean => {
  const thinking = config.object("thinkingConfig");
  if (thinking === null) return false;
  if (/^gemini-(?:1|2\.0)/.test(model)) {
    throw config.invalid("thinkingConfig", "Thinking is not enabled for this model.");
  }
  thinking.number("thinkingBudget", { min: -1, max: mostTokens, isInteger: true });
  return thinking.boolean("includeThoughts") === true;
};

const readBody = (body: Fields, { model, stream }: GeneratePath): Question => {
  const config = body.object("generationConfig") ?? new Fields({}, "generationConfig");
  const prompt = new PromptReader(false);
  const tools = readTools(body, prompt);
  readContents(body, prompt);
  checkSampling(config);
  const limits = { min: 1, max: mostTokens, isInteger: true };
  const choices = config.number("candidateCount", { min: 1, max: mostChoices, isInteger: true });
  if (stream && (choices ?? 1) > 1) {
    throw config.invalid("candidateCount", "Multiple candidates are not enabled for streaming.");
  }
  return {
    model,
    stream,
    streamUsage: true,
    turns: prompt.turns,
    tools,
    toolUse: readToolUse(body, tools),
    parallelTools: true,
    format: readFormat(config),
    stop: readStops(config, "stopSequences", mostStops),
    maxTokens: config.number("maxOutputTokens", limits),
    choices: choices ?? 1,
    thinking: readThinking(config, model),
    cuts: [],
  };
};

/** Reads a request for content. Throws `Failure<RefusalCode>`. */
export const readGenerate = (bytes: Buffer, path: GeneratePath): Question =>
  readBody(parseBody(bytes, inCamelCase), path);

/** Reads a count: contents alone, or a whole request inside. Throws `Failure<RefusalCode>`. */
export const readCount = (bytes: Buffer, path: GeneratePath): Question => {
  const body = parseBody(bytes, inCamelCase);
  return readBody(body.object("generateContentRequest") ?? body, path);
};
