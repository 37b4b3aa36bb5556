import { takesEmbedding } from "@sekisho/wire/bedrock/embedding/embedding-words.ts";
import { takesNative } from "@sekisho/wire/bedrock/invoke/takes-native.ts";
import { familyOf } from "@sekisho/wire/bedrock/model-traits.ts";
import {
  carriage,
  urlFeatures,
  type MediaKind,
  type TargetDialect,
} from "@sekisho/wire/canonical/carriage.data.ts";
import type { RequestFacts } from "@sekisho/wire/canonical/request-facts.ts";
import type { SurfaceRequest } from "./request.ts";
import type { Target, TargetApi } from "./target.ts";

/** Whose words a request uses: what its way to a target depends on. */
export interface AskedWords {
  readonly surface: SurfaceRequest["surface"];
  readonly read: {
    readonly facts: Pick<RequestFacts, "embedding" | "nativeWords" | "premium"> &
      Partial<Pick<RequestFacts, "model">>;
  };
}

/**
 * Do the client's own bytes pass, through this interface, to a model of this name? A moderation has
 * been made into a chat.
 */
export const passes = (
  { surface, read }: AskedWords,
  api: TargetApi,
  upstreamModel: string,
): boolean =>
  (surface === "openai.moderations" ? "openai.chat" : surface) === api &&
  (api !== "bedrock.invoke" || takesBody(upstreamModel, read.facts));

function takesBody(
  model: string,
  { embedding, nativeWords }: AskedWords["read"]["facts"],
): boolean {
  const words = embedding?.nativeWords ?? null;
  return words === null ? takesNative(model, nativeWords ?? null) : takesEmbedding(model, words);
}

/**
 * Through which interface a request goes to the target: one that speaks the client's own words
 * where there is a choice, so that its bytes pass. Claude's native body is Anthropic's own but for
 * two members: its clients lose less by it than by Converse.
 */
export function apiFor(
  { apis, upstreamModel }: Pick<Target, "apis" | "upstreamModel">,
  asked: AskedWords,
): TargetApi {
  if (apis !== "bedrock.auto") return apis;
  if (passes(asked, "bedrock.invoke", upstreamModel)) return "bedrock.invoke";
  // Converse makes no vectors.
  if (asked.read.facts.embedding !== undefined) return "bedrock.invoke";
  const isClaude = familyOf(upstreamModel) === "claude";
  return asked.surface === "anthropic.messages" && isClaude ? "bedrock.invoke" : "bedrock.converse";
}

/** What a translated request is written in: its column in the table of carriage. */
export const wordsOfApi: Readonly<Record<TargetApi, TargetDialect>> = {
  "openai.chat": "openai",
  "anthropic.messages": "anthropic",
  "bedrock.converse": "bedrock",
  "bedrock.invoke": "invoke",
  "gemini.generateContent": "gemini",
  "ai-sdk": "aiSdk",
};

/** Are images or documents that a client gives by URL sent through this interface as bytes? */
export const takesBytesOf = (api: TargetApi, kind: MediaKind): boolean =>
  carriage[urlFeatures[kind]][wordsOfApi[api]] === "fetch";
