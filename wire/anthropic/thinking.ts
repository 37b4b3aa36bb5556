import { isObject } from "../field-rules.ts";

/** Does this value of `thinking` make the model think ahead of its answer? */
export const asksToThink = (thinking: unknown): boolean =>
  isObject(thinking) && (thinking["type"] === "enabled" || thinking["type"] === "adaptive");

/**
 * Must the model begin its turn with thinking? Then a turn with calls that is sent back must begin
 * with it as well. `adaptive` asks for no such thing.
 */
export const mustThink = (thinking: unknown): boolean =>
  isObject(thinking) && thinking["type"] === "enabled";

/** The value of `thinking` that switches it off, as JSON. */
export const noThinking = '{"type":"disabled"}';
