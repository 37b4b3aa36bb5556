import { droppedSampling } from "../anthropic/claude/dropped-sampling.ts";
import { asksToThink, withThinkingOff } from "../anthropic/claude/thinking.ts";
import type { BodyChanges } from "../canonical/body-changes.ts";
import { keepsAllSigned, type ReasoningRule } from "../canonical/carried-reasoning.ts";
import { isObject } from "../field-rules.ts";
import { BodyEditor } from "../framing/body-editor.ts";
import { memberSpan } from "../framing/json-elements.ts";
import { JsonScanner } from "../framing/json-scan.ts";
import type { ParsedBody } from "../framing/parsed-body.ts";
import { splice, type Edit } from "../framing/splice.ts";
import type { ConverseBody, InferenceConfig } from "./converse-body.ts";
import { foreignReasoning, withoutReasoning } from "./foreign-words.ts";

/**
 * Top-level members that steer the call or its price: each may stand once in a body, and where it
 * stands is known.
 */
export const steeringKeys = [
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "outputConfig",
  "additionalModelRequestFields",
] as const;

export type SteeringKey = (typeof steeringKeys)[number];

/** The same inside `inferenceConfig`. */
export const inferenceScanner: JsonScanner<"maxTokens" | "temperature" | "topP"> = new JsonScanner([
  "maxTokens",
  "temperature",
  "topP",
]);

export type ScannedBody = ParsedBody<ConverseBody, SteeringKey>;

/**
 * The body's bytes with these changes (WIR-10). The model's name stands in the path, and usage is
 * reported unasked.
 */
export function rewriteBody(scanned: ScannedBody, changes: BodyChanges): Buffer {
  const { bytes, body, scan } = scanned;
  const editor = new BodyEditor(scan);
  const members = membersToSet(body, changes);
  if (members.length > 0) editor.set("inferenceConfig", inferenceConfig(scanned, members));
  const { model = "", reasoning = keepsAllSigned } = changes;
  const left = foreignReasoning(body, model, reasoning);
  const list = scan.span("messages");
  const { messages: said } = body;
  const messages = list === null ? null : withoutReasoning({ bytes, list }, said, left.blocks);
  if (messages !== null) editor.set("messages", messages);
  const fields = left.stopsThinking ? withoutThinking(scanned, reasoning) : null;
  if (fields !== null) editor.set("additionalModelRequestFields", fields);
  return editor.applyTo(bytes);
}

/** The fields for the model, told not to think. */
function withoutThinking({ bytes, body, scan }: ScannedBody, rule: ReasoningRule): string | null {
  const span = scan.span("additionalModelRequestFields");
  const said = body.additionalModelRequestFields;
  if (span === null || !isObject(said)) return null;
  const fields = bytes.subarray(span.start, span.end);
  const edits: Edit[] = [];
  for (const [key, value] of withThinkingOff(said, rule)) {
    const at = memberSpan(fields, { start: 0, end: fields.length }, key);
    if (at !== null) edits.push({ ...at, text: JSON.stringify(value) });
  }
  return splice(fields, edits).toString("utf8");
}

function inferenceConfig({ bytes, scan }: ScannedBody, members: readonly Member[]): string {
  const span = scan.span("inferenceConfig");
  const config = span === null ? null : bytes.subarray(span.start, span.end);
  const scanned = config === null ? null : inferenceScanner.scan(config);
  if (config === null || scanned === null || !scanned.ok) {
    // It is not there, or null.
    return `{${members.map(([key, value]) => `"${key}":${value}`).join(",")}}`;
  }
  const editor = new BodyEditor(scanned.value);
  for (const [key, value] of members) editor.set(key, String(value));
  return editor.applyTo(config).toString("utf8");
}

type Member = readonly [key: "maxTokens" | "temperature" | "topP", value: number];

function membersToSet(body: ConverseBody, changes: BodyChanges): Member[] {
  const config = body.inferenceConfig ?? {};
  const members: Member[] = [];
  const { maxTokens } = changes;
  if (maxTokens !== undefined && maxTokens !== config.maxTokens) {
    members.push(["maxTokens", maxTokens]);
  }
  const { temperature, topP } = addedDefaults(body, config, changes);
  if (temperature !== null) members.push(["temperature", temperature]);
  if (topP !== null) members.push(["topP", topP]);
  return members;
}

interface Added {
  readonly temperature: number | null;
  readonly topP: number | null;
}

/** Only for a client that chose neither: many models refuse the two together. */
function addedDefaults(
  { additionalModelRequestFields: fields }: ConverseBody,
  config: InferenceConfig,
  { defaults, model = "" }: BodyChanges,
): Added {
  const hasChosen = typeof config.temperature === "number" || typeof config.topP === "number";
  const temperature = hasChosen ? null : (defaults?.temperature ?? null);
  const topP = hasChosen ? null : (defaults?.topP ?? null);
  const dropped = droppedSampling(
    { temperature, topP, topK: null },
    {
      model,
      apiVersion: "2023-06-01",
      isThinking: isObject(fields) && asksToThink(fields["thinking"]),
    },
  );
  return {
    temperature: dropped.includes("temperature") ? null : temperature,
    topP: dropped.includes("top_p") ? null : topP,
  };
}
