import { Buffer } from "node:buffer";

import { carriageOf, refuseUncarried } from "../canonical/carriage.ts";
import type { WrittenRequest } from "../canonical/codec.ts";
import type { CanonicalRequest, ResponseFormat, Tool } from "../canonical/request.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { bodyJson, listOf, WrittenJson, type Members } from "../framing/body-json.ts";
import { ok, type Parsed } from "../result.ts";
import { textPart } from "./answer-words.ts";
import { maxStopSequences } from "./model-traits.ts";
import { losesThinking, thinkingConfig } from "./thinking-config.ts";
import { unwritable, writeContents, type Unwritable } from "./write-contents.ts";

/**
 * The body of a request for content of a provider; model and streaming stand in its path. Refuses
 * with `unsupported_by_target` what this dialect has no words for and what would change the answer
 * (WIR-13).
 */
export function writeGenerateRequest(
  request: CanonicalRequest,
  model: string,
): Parsed<WrittenRequest, "unsupported_by_target"> {
  const refused = refuseUncarried(request, "gemini") ?? refuseOptions(request);
  if (refused !== null) return refused;
  const contents = writeContents(request, model);
  if (!contents.ok) return contents;
  const { own, config, toolConfig } = ownMembers(request);
  const decided = {
    systemInstruction: systemOf(request),
    contents: listOf(contents.value),
    tools: request.tools.length === 0 ? null : toolsOf(request),
    toolConfig: unlessEmpty({ ...toolConfig, ...callingConfig(request) }),
    generationConfig: unlessEmpty({
      ...config,
      ...optionsOf(request),
      ...formatOf(request.responseFormat),
      ...thinkingMember(request, model),
    }),
  };
  const dropped = new Set<string>(carriageOf(request, "gemini").dropped);
  if (losesThinking(request, model)) dropped.add("thinking");
  return ok({ bytes: Buffer.from(bodyJson(decided, own)), dropped: [...dropped] });
}

function refuseOptions({ stop, parallelTools }: CanonicalRequest): Unwritable | null {
  if (stop.filter((sequence) => sequence !== "").length > maxStopSequences) {
    return unwritable("stop", `this dialect has at most ${maxStopSequences} stop sequences`);
  }
  return parallelTools === false
    ? unwritable("tool_choice", "this dialect cannot keep calls from coming side by side")
    : null;
}

const unlessEmpty = (members: JsonObject): JsonObject | null => {
  const given = Object.entries(members).filter(([, value]) => value !== null);
  return given.length === 0 ? null : Object.fromEntries(given);
};

interface OwnMembers {
  readonly own: Members;
  readonly config: JsonObject;
  readonly toolConfig: JsonObject;
}

/** What only this dialect knows goes back to where it stood. */
function ownMembers({ dialect, rest }: CanonicalRequest): OwnMembers {
  const own: Record<string, unknown> = Object.create(null);
  const config: Record<string, unknown> = Object.create(null);
  const toolConfig: Record<string, unknown> = Object.create(null);
  if (dialect !== "gemini") return { own, config, toolConfig };
  for (const key in rest) {
    const dot = key.indexOf(".");
    const into = dot === -1 ? own : key.startsWith("toolConfig.") ? toolConfig : config;
    into[key.slice(dot + 1)] = rest[key];
  }
  return { own, config, toolConfig };
}

function systemOf({ system }: CanonicalRequest): WrittenJson | null {
  const texts = system.flatMap((part) =>
    part.kind === "text" && part.text !== "" ? [textPart(part.text)] : [],
  );
  return texts.length === 0 ? null : new WrittenJson(`{"parts":[${texts.join(",")}]}`);
}

const toolsOf = ({ tools }: CanonicalRequest): unknown => [
  { functionDeclarations: tools.map(functionOf) },
];

const functionOf = ({ name, description, parameters }: Tool): JsonObject => ({
  name,
  ...(description === null ? {} : { description }),
  ...(isObject(parameters) ? { parametersJsonSchema: { type: "object", ...parameters } } : {}),
});

const modes = { auto: "AUTO", none: "NONE", required: "ANY" } as const;

/** Without tools a choice among them is an error. */
function callingConfig({ tools, toolChoice }: CanonicalRequest): JsonObject {
  if (tools.length === 0 || toolChoice === null) return {};
  const functionCallingConfig =
    toolChoice.kind === "tool"
      ? { mode: "ANY", allowedFunctionNames: [toolChoice.name] }
      : { mode: modes[toolChoice.kind] };
  return { functionCallingConfig };
}

function optionsOf({ sampling, stop, maxTokens }: CanonicalRequest): JsonObject {
  const sequences = stop.filter((sequence) => sequence !== "");
  return {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    seed: sampling.seed,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    maxOutputTokens: maxTokens,
    stopSequences: sequences.length === 0 ? null : sequences,
  };
}

function formatOf(format: ResponseFormat | null): JsonObject {
  switch (format?.kind) {
    case "json":
      return { responseMimeType: "application/json" };
    case "schema":
      return { responseMimeType: "application/json", responseJsonSchema: format.schema };
    case "text":
    case undefined:
      return {};
  }
}

function thinkingMember(request: CanonicalRequest, model: string): JsonObject {
  const config = thinkingConfig(request, model);
  return config === null ? {} : { thinkingConfig: config };
}
