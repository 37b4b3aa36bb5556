import type { BodyChanges } from "../canonical/body-changes.ts";
import { keepsAllSigned } from "../canonical/carried-reasoning.ts";
import { BodyEditor } from "../framing/body-editor.ts";
import type { ParsedBody } from "../framing/parsed-body.ts";
import type { ApiVersion } from "./claude/api-version.ts";
import { droppedSampling } from "./claude/dropped-sampling.ts";
import { asksToThink, withThinkingOff } from "./claude/thinking.ts";
import { foreignReasoning, withoutForeignWords } from "./foreign-words.ts";
import type { MessageBody } from "./message-body.ts";

/**
 * Top-level members that steer the call or its price: each may stand once in a body, and where it
 * stands is known.
 */
export const steeringKeys = [
  "model",
  "messages",
  "system",
  "stream",
  "max_tokens",
  "temperature",
  "top_p",
  "top_k",
  "tools",
  "output_config",
  "output_format",
  "thinking",
  "context_management",
] as const;

export type SteeringKey = (typeof steeringKeys)[number];

export type ScannedBody = ParsedBody<MessageBody, SteeringKey>;

/**
 * The body's bytes with these changes (WIR-10). `apiVersion` is the one that the provider will be
 * told: the client's own.
 */
export function rewriteBody(
  { bytes, body, scan }: ScannedBody,
  changes: BodyChanges,
  apiVersion: ApiVersion,
): Buffer {
  const editor = new BodyEditor(scan);
  const { model = body.model, maxTokens } = changes;
  if (model !== body.model) editor.set("model", JSON.stringify(model));
  if (maxTokens !== undefined && maxTokens !== body.max_tokens) {
    editor.set("max_tokens", String(maxTokens));
  }
  const { temperature, topP } = addedDefaults(body, changes, apiVersion);
  if (temperature !== null) editor.set("temperature", String(temperature));
  if (topP !== null) editor.set("top_p", String(topP));
  const { reasoning = keepsAllSigned } = changes;
  const left = foreignReasoning(body, reasoning);
  const list = scan.span("messages");
  const { messages: said } = body;
  const messages = list === null ? null : withoutForeignWords({ bytes, list }, said, left.blocks);
  if (messages !== null) editor.set("messages", messages);
  if (left.stopsThinking) {
    const off = withThinkingOff(body, reasoning);
    for (const [key, value] of off) editor.set(key, JSON.stringify(value));
  }
  return editor.applyTo(bytes);
}

interface Added {
  readonly temperature: number | null;
  readonly topP: number | null;
}

/** Only for a client that chose neither: many models refuse the two together. */
function addedDefaults(body: MessageBody, changes: BodyChanges, apiVersion: ApiVersion): Added {
  const { defaults, model = body.model } = changes;
  const hasChosen = typeof body.temperature === "number" || typeof body.top_p === "number";
  const temperature = hasChosen ? null : (defaults?.temperature ?? null);
  const topP = hasChosen ? null : (defaults?.topP ?? null);
  const dropped = droppedSampling(
    { temperature, topP, topK: null },
    { apiVersion, model, isThinking: asksToThink(body.thinking) },
  );
  return {
    temperature: dropped.includes("temperature") ? null : temperature,
    topP: dropped.includes("top_p") ? null : topP,
  };
}
