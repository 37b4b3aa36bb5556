import { carriageOf } from "../canonical/carriage.ts";
import type { Feature } from "../canonical/carriage.data.ts";
import type { CanonicalRequest, Part } from "../canonical/request.ts";
import { isPoint } from "./cache-points.ts";
import { isTakenBy, saidFields } from "./model-fields.ts";
import type { ModelTraits } from "./model-traits.ts";

/** What was written of what a model or AWS may not take. */
export interface WrittenParts {
  readonly traits: ModelTraits;
  /** Sampling that this model would answer with an error. */
  readonly uncarried: readonly string[];
  readonly metadata: CanonicalRequest["metadata"];
  readonly pointsWritten: number;
}

/** What a Converse body leaves out because it only tunes, each name once (WIR-13). */
export function droppedFrom(request: CanonicalRequest, written: WrittenParts): readonly string[] {
  const { traits, uncarried, metadata, pointsWritten } = written;
  const dropped = new Set<string>(carriageOf(request, "bedrock").dropped);
  for (const name of uncarried) dropped.add(name);
  const addIf = (isLost: boolean, feature: Feature): void => {
    if (isLost) dropped.add(feature);
  };
  const parts = request.messages.flatMap((message) => message.parts.flatMap(withInner));
  const points = [...request.system, ...parts].filter(isPoint).length + toolPoints(request);
  addIf(pointsWritten < points, "cache_points");
  addIf(!traits.takesToolStatus && parts.some(isFailure), "tool_error");
  const isThought = Object.keys(saidFields(request)).length > 0;
  addIf(isThought && !isTakenBy(traits.family, request), "thinking");
  addIf(keyCount(metadata) < keyCount(request.metadata), "metadata");
  // A model that signs nothing is sent its own reasoning back.
  if (request.dialect === "bedrock" && !traits.signsReasoning) dropped.delete("reasoning_plain");
  return [...dropped];
}

const withInner = (part: Part): readonly Part[] =>
  part.kind === "toolResult" ? [part, ...part.parts.flatMap(withInner)] : [part];

const isFailure = (part: Part): boolean => part.kind === "toolResult" && part.isError === true;

const toolPoints = ({ tools }: CanonicalRequest): number =>
  tools.filter(({ cachePoint }) => cachePoint !== undefined).length;

const keyCount = (record: object): number => Object.keys(record).length;
