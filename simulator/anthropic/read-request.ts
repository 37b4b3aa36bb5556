import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Fields } from "../fields.ts";
import { PromptReader } from "../prompt-reader.ts";
import type { AnswerFormat, CacheLife, Question, ToolOffer, ToolUse } from "../question.ts";
import { checkedSchema, parseBody, readModel, readStops } from "../request-json.ts";
import { checkSampling } from "./check-sampling.ts";
import { readMessages } from "./read-messages.ts";
import { readThinking } from "./read-thinking.ts";
import { checkThinkingTurn, kindOfBlock } from "./thinking-turn.ts";
import { readTools } from "./read-tools.ts";

const mostStops = 8_192;
const mostTokens = 10_000_000;
const versions: readonly string[] = ["2023-06-01", "2026-10-21", "bedrock-2023-05-31"];

/** What stands outside of the body. */
export interface MessageRules {
  readonly version: string;
  /** Null where the body names it. */
  readonly model: string | null;
  /** Null where the body says it. */
  readonly stream: boolean | null;
  /** Has an answer to have a limit? */
  readonly needsLimit: boolean;
  readonly signer: string;
}

const checkVersion = (version: string): void => {
  if (versions.includes(version)) return;
  const message =
    version === ""
      ? "anthropic-version: header is required"
      : `anthropic-version: "${version.slice(0, 40)}" is not a valid version`;
  throw new Failure("invalid_value", message);
};

const readToolUse = (body: Fields, tools: readonly ToolOffer[]): ToolUse => {
  const choice = body.object("tool_choice");
  const type = choice?.string("type") ?? "auto";
  if (choice === null || type === "auto") return { kind: "auto" };
  if (type === "none") return { kind: "none" };
  if (tools.length === 0) {
    throw body.invalid("tool_choice", "tool_choice may only be specified while providing tools.");
  }
  if (type === "any") return { kind: "required" };
  const name = choice.string("name");
  if (type !== "tool" || name === null) {
    const known = "'auto', 'any', 'tool' with a name, 'none'";
    throw choice.invalid("type", `tool_choice: expected one of ${known}`);
  }
  if (!tools.some((tool) => tool.name === name)) {
    throw body.invalid("tool_choice", `Tool '${name}' not found in provided tools`);
  }
  return { kind: "named", name };
};

const readFormat = (body: Fields): AnswerFormat => {
  const format = body.object("output_config")?.object("format") ?? body.object("output_format");
  if (format === null) return { kind: "text" };
  const schema = format.any("schema");
  if (format.string("type") !== "json_schema" || schema === null) {
    throw format.invalid("type", "output_config.format: expected 'json_schema' with a schema");
  }
  return { kind: "schema", schema: checkedSchema(schema, format, "schema") };
};

const lifeOf = (marked: Fields): CacheLife | null => {
  const control = marked.object("cache_control");
  if (control === null) return null;
  const ttl = control.string("ttl") ?? "5m";
  if (control.string("type") !== "ephemeral" || (ttl !== "5m" && ttl !== "1h")) {
    const text = `${marked.pathOf("cache_control")}: expected 'ephemeral' with a ttl of '5m', '1h'`;
    throw marked.invalid("cache_control", text);
  }
  return ttl;
};

/** Reads a message request. Throws `Failure<RefusalCode>`. */
export const readMessage = (bytes: Buffer, rules: MessageRules): Question => {
  checkVersion(rules.version);
  const body = parseBody(bytes);
  const model = rules.model ?? readModel(body);
  const stream = rules.stream ?? body.boolean("stream") ?? false;
  const limits = { min: 1, max: mostTokens, isInteger: true };
  const maxTokens = body.number("max_tokens", limits);
  if (maxTokens === null && rules.needsLimit) throw body.missing("max_tokens");
  const prompt = new PromptReader(bytes.includes('"cache_control"'));
  const tools = readTools(body, { prompt, lifeOf });
  readMessages(body, { prompt, lifeOf, signer: rules.signer });
  checkThinkingTurn(body, body.object("thinking"), kindOfBlock);
  checkSampling(body, model, rules.version);
  return {
    model,
    stream,
    streamUsage: true,
    turns: prompt.turns,
    tools,
    toolUse: readToolUse(body, tools),
    parallelTools: body.object("tool_choice")?.boolean("disable_parallel_tool_use") !== true,
    format: readFormat(body),
    stop: readStops(body, "stop_sequences", mostStops),
    maxTokens,
    choices: 1,
    thinking: readThinking(body, maxTokens),
    cuts: prompt.cuts,
  };
};
