import type { BodyChanges } from "../canonical/body-changes.ts";
import { BodyEditor } from "../framing/body-editor.ts";
import type { ParsedBody } from "../framing/parsed-body.ts";
import type { ChatBody } from "./chat-body.ts";

/**
 * Top-level members that steer the call or its price: each may stand once in a body, and where it
 * stands is known.
 */
export const steeringKeys = [
  "model",
  "messages",
  "stream",
  "stream_options",
  "max_tokens",
  "max_completion_tokens",
  "n",
  "temperature",
  "top_p",
  "tools",
  "functions",
  "response_format",
] as const;

export type SteeringKey = (typeof steeringKeys)[number];

/** The member in which a provider wants to be told the limit of an answer. */
export type MaxTokensKey = "max_tokens" | "max_completion_tokens";

const limitKey = (body: ChatBody, wanted: MaxTokensKey): MaxTokensKey => {
  if (typeof body.max_tokens === "number") return "max_tokens";
  return typeof body.max_completion_tokens === "number" ? "max_completion_tokens" : wanted;
};

export type ScannedBody = ParsedBody<ChatBody, SteeringKey>;

/** The body's bytes with these changes (WIR-10). */
export function rewriteBody(
  { bytes, body, scan }: ScannedBody,
  changes: BodyChanges,
  maxTokensKey: MaxTokensKey,
): Buffer {
  const editor = new BodyEditor(scan);
  const { model, maxTokens, streamUsage, defaults } = changes;
  if (model !== undefined && model !== body.model) editor.set("model", JSON.stringify(model));
  const maxKey = limitKey(body, maxTokensKey);
  if (maxTokens !== undefined && maxTokens !== body[maxKey]) editor.set(maxKey, String(maxTokens));
  if (streamUsage === true && body.stream === true && body.stream_options?.include_usage !== true) {
    editor.set("stream_options", JSON.stringify({ ...body.stream_options, include_usage: true }));
  }
  if (typeof body.temperature !== "number" && defaults?.temperature !== undefined) {
    editor.set("temperature", String(defaults.temperature));
  }
  if (typeof body.top_p !== "number" && defaults?.topP !== undefined) {
    editor.set("top_p", String(defaults.topP));
  }
  return editor.applyTo(bytes);
}
