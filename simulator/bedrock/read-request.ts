import { Failure } from "@sekisho/lib/failure/failure.ts";
import { checkSampling } from "../anthropic/check-sampling.ts";
import { readThinking } from "../anthropic/read-thinking.ts";
import { checkThinkingTurn, type KindOf } from "../anthropic/thinking-turn.ts";
import { Fields } from "../fields.ts";
import { PromptReader } from "../prompt-reader.ts";
import type { AnswerFormat, Question } from "../question.ts";
import { checkedSchema, readStops } from "../request-json.ts";
import { readMessages } from "./read-messages.ts";
import { readTools, readToolUse } from "./read-tools.ts";

const mostStops = 2_500;
const mostTokens = 10_000_000;
const noFields = new Fields({}, "");

const parseSchema = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = "outputConfig.textFormat: the schema is not JSON";
    throw new Failure("invalid_value", message, { param: "outputConfig" }, cause);
  }
};

const readFormat = (body: Fields): AnswerFormat => {
  const format = body.object("outputConfig")?.object("textFormat") ?? null;
  if (format === null) return { kind: "text" };
  const text = format.object("structure")?.object("jsonSchema")?.string("schema") ?? null;
  if (format.string("type") !== "json_schema" || text === null) {
    throw format.invalid("type", "outputConfig.textFormat: expected 'json_schema' with a schema");
  }
  return { kind: "schema", schema: checkedSchema(parseSchema(text), format, "structure") };
};

const tokenLimits = { min: 1, max: mostTokens, isInteger: true };

/** Native bodies of Nova name the limit in one of two ways. */
const readLimits = (inference: Fields): { maxTokens: number | null; stop: string[] } => ({
  maxTokens:
    inference.number("maxTokens", tokenLimits) ?? inference.number("max_new_tokens", tokenLimits),
  stop: readStops(inference, "stopSequences", mostStops),
});

const checkTemperature = (inference: Fields, model: string): void => {
  const sampling = { temperature: inference.any("temperature"), top_p: inference.any("topP") };
  checkSampling(new Fields(sampling, "inferenceConfig"), model, "");
};

const kindOfBlock: KindOf = (block) => {
  if (block.has("reasoningContent")) return "thinking";
  if (block.has("toolUse")) return "call";
  return block.has("toolResult") ? "result" : "other";
};

/** Reads a Converse request, and native ones of Nova. Throws `Failure<RefusalCode>`. */
export const readConverse = (
  body: Fields,
  about: { readonly model: string; readonly stream: boolean; readonly hasCache: boolean },
): Question => {
  const prompt = new PromptReader(about.hasCache);
  const config = body.object("toolConfig");
  const tools = readTools(config, prompt);
  readMessages(body, prompt);
  const inference = body.object("inferenceConfig") ?? noFields;
  checkTemperature(inference, about.model);
  const limits = readLimits(inference);
  const more = body.object("additionalModelRequestFields") ?? noFields;
  checkThinkingTurn(body, more.object("thinking"), kindOfBlock);
  return {
    model: about.model,
    stream: about.stream,
    streamUsage: true,
    turns: prompt.turns,
    tools,
    toolUse: readToolUse(config, tools),
    parallelTools: true,
    format: readFormat(body),
    ...limits,
    choices: 1,
    thinking: readThinking(more, limits.maxTokens),
    cuts: prompt.cuts,
  };
};
