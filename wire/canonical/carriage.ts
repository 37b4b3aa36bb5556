import { refuse, type Refusal } from "../result.ts";
import { carriage, wordsOfTarget, type Feature, type TargetDialect } from "./carriage.data.ts";
import { featuresOf, restFeaturesOf } from "./request-features.ts";
import type { CanonicalRequest } from "./request.ts";

/** What a target's dialect does to a request. */
export interface CarriageOutcome {
  /** Not empty: the request cannot be written in this dialect. */
  readonly refused: readonly Feature[];
  /** Left out; the client is told (`x-sekisho-dropped`). */
  readonly dropped: readonly Feature[];
}

/** A provider's own files and its own citations: nobody else's dialect has words for them. */
const ownWords: ReadonlySet<Feature> = new Set<Feature>(["file_id", "text_citations"]);

/** Claude cites on Bedrock as it does at Anthropic; files are kept there by nobody. */
const isOwn = (feature: Feature, { dialect }: CanonicalRequest, target: TargetDialect): boolean =>
  ownWords.has(feature) &&
  (dialect === wordsOfTarget[target] ||
    (target === "invoke" && dialect === "anthropic" && feature === "text_citations"));

function asked(request: CanonicalRequest, target: TargetDialect): Map<Feature, string> {
  const features = new Map(featuresOf(request));
  for (const feature of ownWords) if (isOwn(feature, request, target)) features.delete(feature);
  if (request.dialect === wordsOfTarget[target]) return features;
  for (const [feature, field] of restFeaturesOf(request)) {
    if (!features.has(feature)) features.set(feature, field);
  }
  return features;
}

/** What of a request a target of this dialect cannot carry (WIR-13). */
export function carriageOf(request: CanonicalRequest, target: TargetDialect): CarriageOutcome {
  const refused: Feature[] = [];
  const dropped: Feature[] = [];
  for (const feature of asked(request, target).keys()) {
    const becomes = carriage[feature][target];
    if (becomes === "refuse") refused.push(feature);
    else if (becomes === "drop") dropped.push(feature);
  }
  return { refused, dropped };
}

const targets = {
  openai: 'of the dialect "openai"',
  anthropic: 'of the dialect "anthropic"',
  bedrock: 'of the dialect "bedrock"',
  invoke: "that is asked by InvokeModel",
  gemini: 'of the dialect "gemini"',
  aiSdk: "that is a package of the AI SDK",
} as const satisfies Record<TargetDialect, string>;

/** The refusal of a request with what this dialect has no words for; null when there is none. */
export function refuseUncarried(
  request: CanonicalRequest,
  target: TargetDialect,
): Refusal<"unsupported_by_target"> | null {
  for (const [feature, field] of asked(request, target)) {
    if (carriage[feature][target] !== "refuse") continue;
    const { what } = carriage[feature];
    return refuse(
      "unsupported_by_target",
      field,
      `Cannot translate the request: "${field}" asks for ${what}, ` +
        `which no target ${targets[target]} carries`,
    );
  }
  return null;
}
