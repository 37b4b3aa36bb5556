import { isObject } from "../field-rules.ts";

/** Does this value of `thinking` make the model think ahead of its answer? */
export const asksToThink = (thinking: unknown): boolean =>
  isObject(thinking) && (thinking["type"] === "enabled" || thinking["type"] === "adaptive");
