import {
  carriage,
  urlFeatures,
  type MediaKind,
  type TargetDialect,
} from "@sekisho/wire/canonical/carriage.data.ts";
import { familyOf } from "@sekisho/wire/bedrock/model-traits.ts";
import type { Surface } from "./request.ts";
import type { Target, TargetApi } from "./target.ts";

/**
 * Through which interface a request of this surface goes to the target: one that speaks the
 * client's own words where there is a choice, so that its bytes pass. Claude's native body is
 * Anthropic's own but for two members: its clients lose less by it than by Converse.
 */
export function apiFor(
  target: Pick<Target, "apis" | "upstreamModel">,
  surface: Surface,
): TargetApi {
  if (target.apis !== "bedrock.auto") return target.apis;
  if (surface === "bedrock.invoke") return "bedrock.invoke";
  const isClaude = familyOf(target.upstreamModel) === "claude";
  return surface === "anthropic.messages" && isClaude ? "bedrock.invoke" : "bedrock.converse";
}

/** Whose words a translated request is written in: its column in the table of carriage. */
export const wordsOfApi: Readonly<Record<TargetApi, TargetDialect>> = {
  "openai.chat": "openai",
  "anthropic.messages": "anthropic",
  "bedrock.converse": "bedrock",
  "bedrock.invoke": "anthropic",
};

/** Claude's native body has words for URLs, and Bedrock answers them with an error. */
const takesBytesAlone: ReadonlySet<TargetApi> = new Set<TargetApi>(["bedrock.invoke"]);

/** Are images or documents that a client gives by URL sent through this interface as bytes? */
export const takesBytesOf = (api: TargetApi, kind: MediaKind): boolean =>
  takesBytesAlone.has(api) || carriage[urlFeatures[kind]][wordsOfApi[api]] === "fetch";
