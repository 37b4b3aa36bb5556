import { Buffer } from "node:buffer";

import { refuseUncarried } from "../canonical/carriage.ts";
import type { CanonicalRequest, ResponseFormat, Sampling, Tool } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { ok, type Parsed } from "../result.ts";
import type { ApiVersion } from "./api-version.ts";
import { isClaudeFrom, claudeVersion } from "./claude-version.ts";
import { closeObjects } from "./close-objects.ts";
import { droppedSampling, withoutSampling, type SamplingName } from "./dropped-sampling.ts";
import { defaultMaxTokens, maxCachePoints, takesSystemMessages } from "./model-traits.data.ts";
import { asksToThink } from "./thinking.ts";
import { ownWords } from "./own-words.ts";
import { BlockWriter, unwritable, type Unwritable } from "./write-blocks.ts";
import { turnJson, writeTurns } from "./write-messages.ts";
import { limitCachePoints, membersOf, WrittenBlock } from "./written-block.ts";

export interface WriteOptions {
  /** The provider's name of the model. */
  readonly model: string;
  readonly apiVersion: ApiVersion;
  /** Its tokens are to be counted, nothing is to be answered. */
  readonly isCount?: boolean;
}

/**
 * The body of a message request for a provider. Refuses with `unsupported_by_target` what this
 * dialect has no words for and what would change the answer (WIR-13).
 */
export function writeMessagesRequest(
  request: CanonicalRequest,
  options: WriteOptions,
): Parsed<Buffer, "unsupported_by_target"> {
  const refused =
    refuseUncarried(request, "anthropic") ?? refuseStop(request) ?? refuseFormat(request);
  if (refused !== null) return refused;
  // Models that are no Claude show by their own words what they take.
  const takesSystem =
    claudeVersion(options.model) === null || isClaudeFrom(options.model, takesSystemMessages);
  const turns = writeTurns(request, takesSystem);
  if (!turns.ok) return turns;
  const system = new BlockWriter(request.dialect).write(request.system);
  if (!system.ok) return system;
  const tools = request.tools.map(writeTool);
  const blocks = [...tools, ...system.value, ...turns.value.flatMap((turn) => turn.blocks)];
  limitCachePoints(blocks, maxCachePoints);
  const body = new BodyWriter();
  writeHead(body, request, options);
  body.list("system", system.value.map(jsonOf));
  body.list("messages", turns.value.map(turnJson));
  body.list("tools", tools.map(jsonOf));
  writeOptions(body, request, options);
  return ok(Buffer.from(body.json));
}

/** What `writeMessagesRequest` leaves out of a request's sampling for this target. */
export const uncarriedSampling = (
  request: CanonicalRequest,
  { model, apiVersion }: WriteOptions,
): readonly SamplingName[] =>
  droppedSampling(samplingOf(request), { model, apiVersion, isThinking: isThinking(request) });

const jsonOf = ({ json }: WrittenBlock): string => json;

/** Members in the order in which they are set, each as JSON. */
class BodyWriter {
  readonly #members: string[] = [];

  set(key: string, value: unknown): void {
    if (value === null || value === undefined) return;
    this.#members.push(`${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }

  list(key: string, elements: readonly string[]): void {
    if (elements.length > 0) this.#members.push(`"${key}":[${elements.join(",")}]`);
  }

  get json(): string {
    return `{${this.#members.join(",")}}`;
  }
}

function writeHead(body: BodyWriter, request: CanonicalRequest, options: WriteOptions): void {
  body.set("model", options.model);
  if (options.isCount === true) return;
  body.set("max_tokens", request.maxTokens ?? defaultMaxTokens);
  if (request.stream) body.set("stream", true);
}

function writeOptions(body: BodyWriter, request: CanonicalRequest, options: WriteOptions): void {
  const { temperature, topP, topK } = withoutSampling(
    samplingOf(request),
    uncarriedSampling(request, options),
  );
  // Betas are named in a header, or beside the body of this dialect on Bedrock.
  const { output_config: config, top_k: _, anthropic_beta: __, ...others } = ownWords(request);
  const stop = request.stop.filter((sequence) => sequence !== "");
  body.set("tool_choice", writeToolChoice(request));
  body.set("temperature", temperature);
  body.set("top_p", topP);
  body.set("top_k", topK);
  body.set("stop_sequences", stop.length === 0 ? null : stop);
  body.set("output_config", writeOutputConfig(request.responseFormat, config));
  if (request.user !== null) body.set("metadata", { user_id: request.user });
  for (const key in others) body.set(key, others[key]);
}

/** Converse has no place for `top_k` but among the words for Claude. */
function samplingOf(request: CanonicalRequest): Sampling {
  const { sampling } = request;
  const { top_k: topK } = ownWords(request);
  return typeof topK === "number" ? { ...sampling, topK: sampling.topK ?? topK } : sampling;
}

const isThinking = (request: CanonicalRequest): boolean =>
  asksToThink(ownWords(request)["thinking"]);

/** A sequence of white space alone is an error here. */
function refuseStop({ stop }: CanonicalRequest): Unwritable | null {
  return stop.some((sequence) => sequence !== "" && sequence.trim() === "")
    ? unwritable("stop", "a stop sequence is white space alone, which this dialect refuses")
    : null;
}

/** Without a schema it is JSON of any form, which is not to be had here. */
function refuseFormat({ responseFormat }: CanonicalRequest): Unwritable | null {
  return responseFormat?.kind === "schema" && !isObject(responseFormat.schema)
    ? unwritable("response_format", "this dialect has no JSON mode without a schema")
    : null;
}

function writeTool(tool: Tool): WrittenBlock {
  const { name, description, parameters, strict, examples, cachePoint } = tool;
  const block = new WrittenBlock(
    membersOf({
      name,
      ...(description === null ? {} : { description }),
      input_schema: isObject(parameters) ? { type: "object", ...parameters } : { type: "object" },
      ...(strict === null ? {} : { strict }),
      ...(examples === undefined ? {} : { input_examples: examples }),
    }),
  );
  block.cache = cachePoint ?? null;
  return block;
}

/** Without tools a choice among them is an error. */
function writeToolChoice({ tools, toolChoice, parallelTools }: CanonicalRequest): unknown {
  if (tools.length === 0) return null;
  if (toolChoice === null) {
    return parallelTools === false ? { type: "auto", disable_parallel_tool_use: true } : null;
  }
  if (toolChoice.kind === "none") return { type: "none" };
  return {
    ...(toolChoice.kind === "tool"
      ? { type: "tool", name: toolChoice.name }
      : { type: toolChoice.kind === "required" ? "any" : "auto" }),
    ...(parallelTools === null ? {} : { disable_parallel_tool_use: !parallelTools }),
  };
}

function writeOutputConfig(format: ResponseFormat | null, config: unknown): unknown {
  const others = isObject(config) ? config : null;
  if (format?.kind !== "schema") return others;
  return { ...others, format: { type: "json_schema", schema: closeObjects(format.schema) } };
}
