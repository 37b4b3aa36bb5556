import { carriageOf, refuseUncarried } from "../canonical/carriage.ts";
import type { CanonicalRequest, ResponseFormat, Tool, ToolChoice } from "../canonical/request.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { ok, type Parsed } from "../result.ts";
import {
  reasoningEfforts,
  type CalledChoice,
  type CallOptions,
  type FunctionTool,
  type JsonFormat,
  type ReasoningEffort,
} from "./call-options.ts";
import type { ProofSeal } from "./proof.ts";
import { unwritable, writePrompt } from "./write-prompt.ts";

/** A call as a package is asked it. */
export interface WrittenCall {
  readonly options: CallOptions;
  /** As `WrittenRequest.dropped`. */
  readonly dropped: readonly string[];
}

/**
 * What a model of a package is asked. Refuses with `unsupported_by_target` what the specification
 * has no words for and what would change the answer (WIR-13).
 */
export function writeCall(
  request: CanonicalRequest,
  seal: ProofSeal,
): Parsed<WrittenCall, "unsupported_by_target"> {
  const refused = refuseUncarried(request, "aiSdk");
  if (refused !== null) return refused;
  if (request.parallelTools === false) {
    return unwritable("tool_choice", "a package cannot keep calls from coming side by side");
  }
  const written = writePrompt(request, seal);
  if (!written.ok) return written;
  const { prompt, leftOutSigned } = written.value;
  const effort = effortOf(request);
  const dropped = new Set<string>(carriageOf(request, "aiSdk").dropped);
  if (leftOutSigned) dropped.add("reasoning_signed");
  if (effort === null && asksForEffort(request)) dropped.add("reasoning_effort");
  const options: CallOptions = {
    prompt,
    ...settingsOf(request),
    ...formatOf(request.responseFormat),
    ...toolsOf(request),
    ...(effort === null ? {} : { reasoning: effort }),
  };
  return ok({ options, dropped: [...dropped] });
}

type Settings = Omit<CallOptions, "prompt" | "responseFormat" | "tools" | "toolChoice">;

function settingsOf({ sampling, stop, maxTokens }: CanonicalRequest): Settings {
  const { temperature, topP, topK, seed, frequencyPenalty, presencePenalty } = sampling;
  const stopSequences = stop.filter((sequence) => sequence !== "");
  return {
    ...(maxTokens === null ? {} : { maxOutputTokens: maxTokens }),
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { topP }),
    ...(topK === null ? {} : { topK }),
    ...(seed === null ? {} : { seed }),
    ...(frequencyPenalty === null ? {} : { frequencyPenalty }),
    ...(presencePenalty === null ? {} : { presencePenalty }),
    ...(stopSequences.length === 0 ? {} : { stopSequences }),
  };
}

function formatOf(format: ResponseFormat | null): { readonly responseFormat?: JsonFormat } {
  if (format === null || format.kind === "text") return {};
  if (format.kind === "json") return { responseFormat: { type: "json" } };
  const { name, schema, description } = format;
  return {
    responseFormat: {
      type: "json",
      name,
      ...(isObject(schema) ? { schema } : {}),
      ...(description === null ? {} : { description }),
    },
  };
}

/** Without tools a choice among them is an error. */
function toolsOf({
  tools,
  toolChoice,
}: CanonicalRequest): Pick<CallOptions, "tools" | "toolChoice"> {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(functionOf),
    ...(toolChoice === null ? {} : { toolChoice: choiceOf(toolChoice) }),
  };
}

const anyObject: JsonObject = { type: "object", properties: {} };

const functionOf = ({ name, description, parameters, strict, examples }: Tool): FunctionTool => ({
  type: "function",
  name,
  ...(description === null ? {} : { description }),
  inputSchema: isObject(parameters) ? { type: "object", ...parameters } : anyObject,
  ...(examples === undefined
    ? {}
    : { inputExamples: examples.filter(isObject).map((input) => ({ input })) }),
  ...(strict === null ? {} : { strict }),
});

const choiceOf = (choice: ToolChoice): CalledChoice =>
  choice.kind === "tool" ? { type: "tool", toolName: choice.name } : { type: choice.kind };

const saidEffort = ({ dialect, rest }: CanonicalRequest): unknown =>
  dialect === "openai" ? rest["reasoning_effort"] : null;

const asksForEffort = (request: CanonicalRequest): boolean =>
  (saidEffort(request) ?? null) !== null;

/** Null where none is asked for, or one by a name that packages do not have. */
function effortOf(request: CanonicalRequest): ReasoningEffort | null {
  const said = saidEffort(request);
  return reasoningEfforts.find((each) => each === said) ?? null;
}
