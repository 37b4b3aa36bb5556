import { Buffer } from "node:buffer";

import { isClaudeFrom } from "../anthropic/claude/claude-version.ts";
import { closeObjects } from "../anthropic/claude/close-objects.ts";
import {
  droppedSampling,
  withoutSampling,
  type SamplingName,
} from "../anthropic/claude/dropped-sampling.ts";
import { defaultMaxTokens, takesSystemMessages } from "../anthropic/claude/model-traits.data.ts";
import { asksToThink } from "../anthropic/claude/thinking.ts";
import { refuseUncarried } from "../canonical/carriage.ts";
import type { WrittenRequest } from "../canonical/codec.ts";
import type { CanonicalRequest, ResponseFormat, Sampling } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { bodyJson, listOf, WrittenJson, type Members } from "../framing/body-json.ts";
import { ok, type Parsed } from "../result.ts";
import { CachePoints, isPoint } from "./cache-points.ts";
import { droppedFrom } from "./dropped-features.ts";
import type { Family } from "./families.data.ts";
import { modelFields, saidFields, type FieldsTarget } from "./model-fields.ts";
import { traitsOf, type ModelTraits } from "./model-traits.ts";
import { BlockWriter, unwritable, type Unwritable } from "./write-blocks.ts";
import { turnJson, writeTurns } from "./write-messages.ts";
import { toolConfigJson } from "./write-tools.ts";

/**
 * The body of a Converse request for a provider; model and streaming stand in the path. Refuses
 * with `unsupported_by_target` what Converse has no words for and what would change the answer
 * (WIR-13). A limit is always sent: quotas are reserved by it.
 */
export function writeConverseRequest(
  request: CanonicalRequest,
  model: string,
): Parsed<WrittenRequest, "unsupported_by_target"> {
  const traits = traitsOf(model);
  const refused = refuseUncarried(request, "bedrock") ?? refuseForModel(request, traits);
  if (refused !== null) return refused;
  const cachePoints = new CachePoints(request, traits);
  const writer = new BlockWriter({ dialect: request.dialect, traits, cachePoints });
  const toolConfig = toolConfigJson(request, cachePoints);
  const system = writer.write(request.system);
  if (!system.ok) return system;
  const takesSystem = isClaudeFrom(model, takesSystemMessages);
  const turns = writeTurns(request, writer, takesSystem);
  if (!turns.ok) return turns;
  const uncarried = uncarriedSampling(request, model);
  const sampling = withoutSampling(request.sampling, uncarried);
  const metadata = metadataOf(request);
  const decided = {
    messages: listOf(turns.value.map(turnJson)),
    system: listOf(system.value.map(({ json }) => json)),
    toolConfig: toolConfig === "" ? null : new WrittenJson(toolConfig),
    inferenceConfig: inferenceConfig(request, sampling),
    requestMetadata: unlessEmpty(metadata),
    ...optionsOf(request, { family: traits.family, topK: sampling.topK }),
  };
  const others = request.dialect === "bedrock" ? request.rest : {};
  const blocks = [...system.value, ...turns.value.flatMap((turn) => turn.blocks)];
  const pointsWritten = cachePoints.inTools + blocks.filter(isPoint).length;
  const dropped = droppedFrom(request, { traits, uncarried, metadata, pointsWritten });
  return ok({ bytes: Buffer.from(bodyJson(decided, others)), dropped });
}

/** What is left out of a request's sampling for this model. */
function uncarriedSampling(request: CanonicalRequest, model: string): readonly SamplingName[] {
  const { family } = traitsOf(model);
  const dropped = droppedSampling(request.sampling, {
    model,
    apiVersion: "2023-06-01",
    isThinking: asksToThink(saidFields(request)["thinking"]),
  });
  const isLeft = request.sampling.topK !== null && !dropped.includes("top_k");
  return isLeft && !takesTopK(family, request) ? [...dropped, "top_k"] : dropped;
}

/** Their parameters are documented, and this is none of them. */
const withoutTopK: ReadonlySet<Family> = new Set<Family>(["llama", "openai", "titan-text"]);

/** A client of Bedrock's means it by the model's own name for it. */
const takesTopK = (family: Family, { dialect }: CanonicalRequest): boolean =>
  dialect === "bedrock" ? !withoutTopK.has(family) : family === "claude" || family === "nova";

function refuseForModel(request: CanonicalRequest, { family }: ModelTraits): Unwritable | null {
  const { parallelTools, responseFormat, stop, tools } = request;
  if (responseFormat?.kind === "schema" && !isObject(responseFormat.schema)) {
    return unwritable("response_format", "Converse has no JSON mode without a schema");
  }
  if (parallelTools === false && tools.length > 0 && family !== "claude") {
    return unwritable("parallel_tools", "Converse cannot hold this model to one call at a time");
  }
  const isBlank = stop.some((sequence) => sequence !== "" && sequence.trim() === "");
  return isBlank && family === "claude"
    ? unwritable("stop", "a stop sequence is white space alone, which this model refuses")
    : null;
}

function inferenceConfig(request: CanonicalRequest, { temperature, topP }: Sampling): object {
  const stop = stopsOf(request);
  return {
    maxTokens: request.maxTokens ?? defaultMaxTokens,
    ...(temperature === null ? {} : { temperature }),
    ...(topP === null ? {} : { topP }),
    ...(stop.length === 0 ? {} : { stopSequences: stop }),
  };
}

const stopsOf = ({ stop }: CanonicalRequest): readonly string[] =>
  stop.filter((sequence) => sequence !== "");

function optionsOf(request: CanonicalRequest, target: FieldsTarget): Members {
  const { responseFormat } = request;
  const { fields, effort } = modelFields(request, target);
  const output = {
    ...(effort === undefined ? {} : { effort }),
    ...(responseFormat?.kind === "schema" ? { textFormat: textFormat(responseFormat) } : {}),
  };
  return {
    additionalModelRequestFields: unlessEmpty(fields),
    outputConfig: unlessEmpty(output),
    additionalModelResponseFieldPaths: responseFieldsOf(request, target),
  };
}

const unlessEmpty = (object: object): object | null =>
  Object.keys(object).length === 0 ? null : object;

/** Which of the sequences ended an answer Claude tells on request alone. */
function responseFieldsOf(request: CanonicalRequest, { family }: FieldsTarget): unknown {
  if (request.dialect === "bedrock") return request.rest["additionalModelResponseFieldPaths"];
  return family === "claude" && stopsOf(request).length > 0 ? ["/stop_sequence"] : null;
}

const textFormat = (format: Extract<ResponseFormat, { kind: "schema" }>): object => ({
  type: "json_schema",
  structure: {
    jsonSchema: {
      schema: JSON.stringify(closeObjects(format.schema)),
      name: format.name,
      ...(format.description === null ? {} : { description: format.description }),
    },
  },
});

const maxMetadata = 16;
const isMetadataText = (text: string): boolean => /^[\w\s:@$#=/+,.-]{0,256}$/.test(text);

/** What AWS would refuse of it is left out. */
function metadataOf({ metadata }: CanonicalRequest): CanonicalRequest["metadata"] {
  const taken = Object.entries(metadata)
    .filter(([key, value]) => key !== "" && isMetadataText(key) && isMetadataText(value))
    .slice(0, maxMetadata);
  return Object.fromEntries(taken);
}
