import { Buffer } from "node:buffer";

import { carriageOf, refuseUncarried } from "../canonical/carriage.ts";
import type { WrittenRequest } from "../canonical/codec.ts";
import type { CanonicalRequest, ResponseFormat, Sampling, Tool } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { bodyJson, listOf, type Members } from "../framing/body-json.ts";
import { ok, type Parsed } from "../result.ts";
import type { ApiVersion } from "./claude/api-version.ts";
import { isClaudeFrom, claudeVersion } from "./claude/claude-version.ts";
import { closeObjects } from "./claude/close-objects.ts";
import { droppedSampling, withoutSampling, type SamplingName } from "./claude/dropped-sampling.ts";
import {
  defaultMaxTokens,
  maxCachePoints,
  takesSystemMessages,
} from "./claude/model-traits.data.ts";
import { asksToThink } from "./claude/thinking.ts";
import { carriedWords, ownWords, type ClaudeWords } from "./claude/own-words.ts";
import { BlockWriter, unwritable, type Unwritable } from "./write-blocks.ts";
import { turnJson, writeTurns } from "./write-messages.ts";
import { limitCachePoints, membersOf, WrittenBlock } from "./written-block.ts";

export interface WriteOptions {
  /** The provider's name of the model. */
  readonly model: string;
  readonly apiVersion: ApiVersion;
  /** Who takes the words; Anthropic, and who speaks as it does, unless said otherwise. */
  readonly words?: ClaudeWords;
  /** Its tokens are to be counted, nothing is to be answered. */
  readonly isCount?: boolean;
}

/** The members of a message request's body, before it is one. */
export interface MessageMembers {
  readonly decided: Members;
  readonly others: Members;
  /** As `WrittenRequest.dropped`. */
  readonly dropped: readonly string[];
}

/**
 * The body of a message request for a provider. Refuses with `unsupported_by_target` what this
 * dialect has no words for and what would change the answer (WIR-13).
 */
export function writeMessagesRequest(
  request: CanonicalRequest,
  options: WriteOptions,
): Parsed<WrittenRequest, "unsupported_by_target"> {
  const members = messageMembers(request, options);
  if (!members.ok) return members;
  const { decided, others, dropped } = members.value;
  return ok({ bytes: Buffer.from(bodyJson(decided, others)), dropped });
}

/** The same for a body that says some of it elsewhere. */
export function messageMembers(
  request: CanonicalRequest,
  options: WriteOptions,
): Parsed<MessageMembers, "unsupported_by_target"> {
  const { words = "anthropic" } = options;
  const refused = refuseUncarried(request, words) ?? refuseStop(request) ?? refuseFormat(request);
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
  const sampling = uncarriedSampling(request, options);
  const decided = {
    ...headOf(request, options),
    system: listOf(system.value.map(jsonOf)),
    messages: listOf(turns.value.map(turnJson)),
    tools: listOf(tools.map(jsonOf)),
    ...optionsOf(request, withoutSampling(samplingOf(request), sampling)),
    // Betas are named in a header, or beside the body of this dialect on Bedrock.
    anthropic_beta: null,
    output_format: null,
  };
  const points = markCount(blocks) < pointCount(request) ? ["cache_points"] : [];
  const dropped = new Set([...carriageOf(request, words).dropped, ...sampling, ...points]);
  return ok({ decided, others: carriedWords(request, words), dropped: [...dropped] });
}

/** What is left out of a request's sampling for this target. */
const uncarriedSampling = (
  request: CanonicalRequest,
  { model, apiVersion }: WriteOptions,
): readonly SamplingName[] =>
  droppedSampling(samplingOf(request), { model, apiVersion, isThinking: isThinking(request) });

const markCount = (blocks: readonly WrittenBlock[]): number =>
  blocks.filter(({ cache }) => cache !== null).length;

/** Those in results of tools are written with them, and count for themselves. */
const pointCount = ({ system, messages, tools }: CanonicalRequest): number =>
  [...system, ...messages.flatMap(({ parts }) => parts)].filter(({ kind }) => kind === "cachePoint")
    .length + tools.filter(({ cachePoint }) => cachePoint !== undefined).length;

const jsonOf = ({ json }: WrittenBlock): string => json;

const headOf = (request: CanonicalRequest, { model, isCount = false }: WriteOptions): Members => ({
  model,
  max_tokens: isCount ? null : (request.maxTokens ?? defaultMaxTokens),
  stream: request.stream && !isCount ? true : null,
});

function optionsOf(
  request: CanonicalRequest,
  { temperature, topP, topK }: Pick<Sampling, "temperature" | "topP" | "topK">,
): Members {
  const { output_config: config } = ownWords(request);
  const stop = request.stop.filter((sequence) => sequence !== "");
  return {
    tool_choice: writeToolChoice(request),
    temperature,
    top_p: topP,
    top_k: topK,
    stop_sequences: stop.length === 0 ? null : stop,
    output_config: writeOutputConfig(request.responseFormat, config),
    metadata: request.user === null ? null : { user_id: request.user },
  };
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
