import { Buffer } from "node:buffer";

import { carriageOf, refuseUncarried } from "../canonical/carriage.ts";
import type { WrittenRequest } from "../canonical/codec.ts";
import type { CanonicalRequest, ResponseFormat, Tool, ToolChoice } from "../canonical/request.ts";
import { bodyJson, type Members } from "../framing/body-json.ts";
import { ok, type Parsed } from "../result.ts";
import type { MaxTokensKey } from "./rewrite-body.ts";
import { writeMessages } from "./write-messages.ts";

export interface WriteOptions {
  /** The provider's name of the model. */
  readonly model: string;
  readonly maxTokensKey: MaxTokensKey;
}

/**
 * The body of a chat completion for a provider. Usage is always asked for: the ledger needs it.
 * Refuses with `unsupported_by_target` content that this dialect has no words for (WIR-13).
 */
export function writeChatRequest(
  request: CanonicalRequest,
  options: WriteOptions,
): Parsed<WrittenRequest, "unsupported_by_target"> {
  const refused = refuseUncarried(request, "openai");
  if (refused !== null) return refused;
  const messages = writeMessages(request);
  if (!messages.ok) return messages;
  const { sampling, stop, tools, toolChoice } = request;
  const decided = {
    model: options.model,
    messages: messages.value,
    stream: request.stream ? true : null,
    stream_options: request.stream ? { include_usage: true } : null,
    ...limitOf(request, options),
    temperature: sampling.temperature,
    top_p: sampling.topP,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    seed: sampling.seed,
    stop: stop.length === 0 ? null : stop,
    tools: tools.length === 0 ? null : tools.map(writeTool),
    tool_choice: toolChoice === null ? null : writeToolChoice(toolChoice),
    parallel_tool_calls: request.parallelTools,
    response_format: writeFormat(request.responseFormat),
    metadata: hasMember(request.metadata) ? request.metadata : null,
    user: request.user,
  };
  const others = request.dialect === "openai" ? request.rest : {};
  const bytes = Buffer.from(bodyJson(decided, others));
  return ok({ bytes, dropped: carriageOf(request, "openai").dropped });
}

/** A provider is told the limit in one place, whatever the other one would say. */
const limitOf = ({ maxTokens }: CanonicalRequest, { maxTokensKey }: WriteOptions): Members => ({
  max_tokens: maxTokensKey === "max_tokens" ? maxTokens : null,
  max_completion_tokens: maxTokensKey === "max_completion_tokens" ? maxTokens : null,
});

const hasMember = (record: Readonly<Record<string, unknown>>): boolean => {
  for (const _ in record) return true;
  return false;
};

const writeTool = ({ name, description, parameters, strict }: Tool): unknown => ({
  type: "function",
  function: {
    name,
    ...(description === null ? {} : { description }),
    ...(parameters === null || parameters === undefined ? {} : { parameters }),
    ...(strict === null ? {} : { strict }),
  },
});

const writeToolChoice = (choice: ToolChoice): unknown =>
  choice.kind === "tool" ? { type: "function", function: { name: choice.name } } : choice.kind;

function writeFormat(format: ResponseFormat | null): unknown {
  if (format === null) return null;
  if (format.kind === "text") return { type: "text" };
  if (format.kind === "json") return { type: "json_object" };
  const { name, schema, strict, description } = format;
  return {
    type: "json_schema",
    json_schema: {
      name,
      ...(description === null ? {} : { description }),
      ...(schema === null || schema === undefined ? {} : { schema }),
      ...(strict === null ? {} : { strict }),
    },
  };
}
