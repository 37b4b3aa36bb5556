import type { ReasoningRule } from "../../canonical/carried-reasoning.ts";
import { isObject, type JsonObject } from "../../field-rules.ts";

/** Does this value of `thinking` make the model think ahead of its answer? */
export const asksToThink = (thinking: unknown): boolean =>
  isObject(thinking) && (thinking["type"] === "enabled" || thinking["type"] === "adaptive");

/**
 * Must the model begin its turn with thinking? Then a turn with calls that is sent back must begin
 * with it as well. `adaptive` asks for no such thing.
 */
export const mustThink = (thinking: unknown): boolean =>
  isObject(thinking) && thinking["type"] === "enabled";

/**
 * Members in words of this dialect as they are where thinking is switched off for a call: edits of
 * thinking in a long context are refused then. The rule is told of those.
 */
export function withThinkingOff(own: object, rule: ReasoningRule): Map<OffKey, JsonObject> {
  const members = new Map<OffKey, JsonObject>([["thinking", { type: "disabled" }]]);
  const management = isObject(own) ? own["context_management"] : null;
  const edits = isObject(management) ? management["edits"] : null;
  if (!isObject(management) || !Array.isArray(edits)) return members;
  const others = edits.filter((edit) => !isThinkingEdit(edit));
  if (others.length === edits.length) return members;
  rule.leftOut("context_editing");
  return members.set("context_management", { ...management, edits: others });
}

export type OffKey = "thinking" | "context_management";

const isThinkingEdit = (edit: unknown): boolean =>
  isObject(edit) && typeof edit["type"] === "string" && edit["type"].startsWith("clear_thinking");
