import { Buffer } from "node:buffer";

import { refuseUncarried } from "../canonical/carriage.ts";
import type { CanonicalRequest, ResponseFormat, Tool, ToolChoice } from "../canonical/request.ts";
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
): Parsed<Buffer, "unsupported_by_target"> {
  const refused = refuseUncarried(request, "openai");
  if (refused !== null) return refused;
  const messages = writeMessages(request);
  if (!messages.ok) return messages;
  const body: Record<string, unknown> = Object.create(null);
  const set = (key: string, value: unknown): void => {
    if (value !== null && value !== undefined) body[key] = value;
  };
  set("model", options.model);
  set("messages", messages.value);
  if (request.stream) {
    set("stream", true);
    set("stream_options", { include_usage: true });
  }
  set(options.maxTokensKey, request.maxTokens);
  set("temperature", request.sampling.temperature);
  set("top_p", request.sampling.topP);
  set("frequency_penalty", request.sampling.frequencyPenalty);
  set("presence_penalty", request.sampling.presencePenalty);
  set("seed", request.sampling.seed);
  set("stop", request.stop.length === 0 ? null : request.stop);
  set("tools", request.tools.length === 0 ? null : request.tools.map(writeTool));
  set("tool_choice", request.toolChoice === null ? null : writeToolChoice(request.toolChoice));
  set("parallel_tool_calls", request.parallelTools);
  set("response_format", writeFormat(request.responseFormat));
  set("metadata", hasMember(request.metadata) ? request.metadata : null);
  set("user", request.user);
  if (request.dialect === "openai") for (const key in request.rest) set(key, request.rest[key]);
  return ok(Buffer.from(JSON.stringify(body)));
}

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
