import { isObject } from "../field-rules.ts";
import { fieldFeatures, neutralValues, type Feature } from "./carriage.data.ts";
import type { CanonicalRequest, MediaSource, Part, TextPart, Tool } from "./request.ts";

/** What a request asks for, and for each the field in which it first does. */
export type RequestFeatures = ReadonlyMap<Feature, string>;

class FeatureList {
  readonly found = new Map<Feature, string>();

  add(feature: Feature, field: string): void {
    if (!this.found.has(feature)) this.found.set(feature, field);
  }

  addIf(isAsked: boolean, feature: Feature, field: string): void {
    if (isAsked) this.add(feature, field);
  }
}

/** Everything that a target may have no words for, but for what `rest` holds (WIR-13). */
export function featuresOf(request: CanonicalRequest): RequestFeatures {
  const list = new FeatureList();
  for (const part of request.system) addPart(list, part, "system");
  for (const [index, message] of request.messages.entries()) {
    // Items of another surface are not the messages that were made of them.
    const field = request.fieldNames?.messages ?? `messages.[${index}]`;
    list.addIf(message.role === "system", "mid_system", field);
    list.addIf(message.name !== undefined, "participant_names", `${field}.name`);
    for (const part of message.parts) addPart(list, part, field);
  }
  for (const tool of request.tools) addTool(list, tool);
  addOptions(list, request);
  addSampling(list, request);
  return list.found;
}

function addPart(list: FeatureList, part: Part, field: string): void {
  switch (part.kind) {
    case "text":
      return addText(list, part, field);
    case "image":
      addSource(list, part.source, { url: "image_url", base64: "image_bytes", field });
      return list.addIf(part.detail !== undefined, "image_detail", field);
    case "document":
      addSource(list, part.source, { url: "document_url", base64: "document_bytes", field });
      list.addIf(part.context !== undefined, "document_context", field);
      return list.addIf(part.citations === true, "document_citations", field);
    case "toolResult":
      list.addIf(part.isError === true, "tool_error", field);
      list.addIf(part.parts.some(isMedia), "tool_result_media", field);
      for (const inner of part.parts) addPart(list, inner, field);
      return;
    case "reasoning": {
      const isSigned = part.signature !== undefined || part.redacted !== undefined;
      return list.add(isSigned ? "reasoning_signed" : "reasoning_plain", field);
    }
    case "cachePoint":
      return list.add("cache_points", field);
    case "toolCall":
    case "refusal":
  }
}

const isMedia = (part: Part): boolean => part.kind === "image" || part.kind === "document";

const addText = (list: FeatureList, part: TextPart, field: string): void =>
  list.addIf(part.citations !== undefined, "text_citations", field);

interface SourceFeatures {
  readonly url: Feature;
  readonly base64: Feature;
  readonly field: string;
}

const addSource = (list: FeatureList, { kind }: MediaSource, features: SourceFeatures): void =>
  list.add(kind === "file" ? "file_id" : features[kind], features.field);

function addTool(list: FeatureList, tool: Tool): void {
  list.add("tools", "tools");
  list.addIf(tool.examples !== undefined, "tool_examples", "tools");
  list.addIf(tool.cachePoint !== undefined, "cache_points", "tools");
}

function addOptions(list: FeatureList, request: CanonicalRequest): void {
  const { responseFormat, metadata } = request;
  const format = request.fieldNames?.responseFormat ?? "response_format";
  list.addIf(request.toolChoice !== null, "tool_choice", "tool_choice");
  list.addIf(request.parallelTools !== null, "parallel_tools", "tool_choice");
  list.addIf(request.stop.length > 0, "stop", "stop");
  list.addIf(responseFormat?.kind === "json", "json_mode", format);
  list.addIf(responseFormat?.kind === "schema", "json_schema", format);
  list.addIf(request.user !== null, "user", "user");
  list.addIf(Object.keys(metadata).length > 0, "metadata", "metadata");
}

function addSampling(list: FeatureList, { sampling }: CanonicalRequest): void {
  list.addIf(sampling.temperature !== null, "temperature", "temperature");
  list.addIf(sampling.topP !== null, "top_p", "top_p");
  list.addIf(sampling.topK !== null, "top_k", "top_k");
  list.addIf(sampling.seed !== null, "seed", "seed");
  list.addIf(sampling.frequencyPenalty !== null, "frequency_penalty", "frequency_penalty");
  list.addIf(sampling.presencePenalty !== null, "presence_penalty", "presence_penalty");
}

/** What `rest` asks for: carried to targets of the request's own dialect alone. */
export function restFeaturesOf({ dialect, rest }: CanonicalRequest): RequestFeatures {
  const list = new FeatureList();
  for (const key in rest) {
    const value = rest[key];
    if (isNeutral(key, value)) continue;
    if (dialect === "bedrock" && key === "additionalModelRequestFields" && isObject(value)) {
      for (const inner in value) addModelField(list, inner, value[inner]);
    } else if (dialect === "openai" && key === "modalities") {
      list.addIf(Array.isArray(value) && value.includes("audio"), "audio", key);
    } else if (dialect === "gemini" && key === "safetySettings") {
      list.addIf(asksToFilter(value), "guardrails", key);
    } else if (key === "generationConfig.responseModalities") {
      list.addIf(!isTextAlone(value), "unknown_field", key);
    } else list.add(fieldFeatures[dialect].get(key) ?? "unknown_field", key);
  }
  return list.found;
}

/** Gemini's settings may ask for no filter at all, as other dialects' providers do unasked. */
const asksToFilter = (settings: unknown): boolean =>
  !Array.isArray(settings) ||
  settings.some((each) => !isObject(each) || !openThresholds.has(each["threshold"]));

const openThresholds: ReadonlySet<unknown> = new Set(["BLOCK_NONE", "OFF"]);

const isTextAlone = (modalities: unknown): boolean =>
  Array.isArray(modalities) && modalities.every((each) => each === "TEXT");

/** Bedrock hands these on to the model: Claude knows them by Anthropic's words. */
function addModelField(list: FeatureList, key: string, value: unknown): void {
  if (isNeutral(key, value)) return;
  const field = `additionalModelRequestFields.${key}`;
  if (key === "top_k" && typeof value === "number") list.add("top_k", field);
  else list.add(fieldFeatures.anthropic.get(key) ?? "unknown_field", field);
}

/** Does a member with this value ask for nothing? */
export const isNeutral = (key: string, value: unknown): boolean =>
  value === false ||
  value === null ||
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0) ||
  neutralValues.get(key)?.includes(value) === true;
