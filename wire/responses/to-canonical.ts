import type {
  CanonicalRequest,
  ResponseFormat,
  Sampling,
  SystemPart,
  Tool,
  ToolChoice,
} from "../canonical/request.ts";
import { inert, toResponseFormat, toTool } from "../openai/to-canonical.ts";
import type { InputItem, ResponsesBody } from "./responses-body.ts";
import { isInstruction, toMessages, toSystemParts } from "./to-canonical-items.ts";
import { sharedMembers } from "./unsupported.ts";

/** A checked body in the canonical shape (WIR-8); `rest` speaks the words of chats. */
export function toCanonical(body: ResponsesBody): CanonicalRequest {
  const items = itemsOf(body);
  const leading = items.findIndex((item) => !isInstruction(item));
  const instructions = leading === -1 ? items.length : leading;
  return {
    dialect: "openai",
    model: body.model,
    stream: body.stream === true,
    system: [...toInstructions(body), ...toSystem(items.slice(0, instructions))],
    messages: toMessages(items.slice(instructions)),
    tools: toTools(body),
    toolChoice: toToolChoice(body),
    parallelTools: body.parallel_tool_calls ?? null,
    sampling: toSampling(body),
    stop: [],
    maxTokens: body.max_output_tokens ?? null,
    responseFormat: toFormat(body),
    metadata: inert(body.metadata ?? {}),
    user: body.safety_identifier ?? body.user ?? null,
    streamUsage: true,
    fieldNames,
    rest: restOf(body),
  };
}

const fieldNames = { messages: "input", responseFormat: "text.format" };

const itemsOf = ({ input }: ResponsesBody): readonly InputItem[] =>
  typeof input === "string" ? [{ role: "user", content: input }] : input;

const toInstructions = ({ instructions }: ResponsesBody): SystemPart[] =>
  typeof instructions === "string" && instructions !== ""
    ? [{ kind: "text", text: instructions }]
    : [];

const toSystem = (items: readonly InputItem[]): SystemPart[] =>
  items.filter(isInstruction).flatMap(toSystemParts);

/** `allowed_tools` narrows the list: what the model may not call is as good as not there. */
function toTools({ tools, tool_choice: choice }: ResponsesBody): Tool[] {
  const allowed =
    typeof choice === "object" && choice?.type === "allowed_tools"
      ? new Set(choice.tools.map(({ name }) => name))
      : null;
  return (tools ?? []).filter(({ name }) => allowed === null || allowed.has(name)).map(toTool);
}

function toToolChoice({ tool_choice: choice }: ResponsesBody): ToolChoice | null {
  if (choice === null || choice === undefined) return null;
  if (typeof choice === "string") return { kind: choice };
  return choice.type === "allowed_tools"
    ? { kind: choice.mode }
    : { kind: "tool", name: choice.name };
}

/** This surface has no words for the others. */
const toSampling = ({ temperature, top_p: topP }: ResponsesBody): Sampling => ({
  temperature: temperature ?? null,
  topP: topP ?? null,
  topK: null,
  seed: null,
  frequencyPenalty: null,
  presencePenalty: null,
});

function toFormat({ text }: ResponsesBody): ResponseFormat | null {
  const format = text?.format ?? null;
  return toResponseFormat(
    format?.type === "json_schema" ? { type: "json_schema", json_schema: format } : format,
  );
}

function restOf(body: ResponsesBody): Record<string, unknown> {
  const members: Record<string, unknown> = {
    reasoning_effort: body.reasoning?.effort ?? undefined,
    verbosity: body.text?.verbosity ?? undefined,
  };
  for (const key of sharedMembers) {
    // Members that are passed on as they are, never read.
    const value = (body as unknown as Record<string, unknown>)[key];
    if (value !== null) members[key] = value;
  }
  return inert(members);
}
