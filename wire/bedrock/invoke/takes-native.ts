import type { NativeWords } from "../../canonical/native-words.ts";
import { familyOf } from "../model-traits.ts";

/**
 * Does a model of Bedrock's take a native body in these words? A name that an account chose may
 * stand for any model; words that nobody here knows (null) are the asked model's business.
 */
export function takesNative(model: string, words: NativeWords | null): boolean {
  if (words === null) return true;
  const family = familyOf(model);
  return family === words || family === "unknown";
}
