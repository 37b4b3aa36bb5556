import type { Feature } from "../canonical/carriage.data.ts";
import { isObject } from "../field-rules.ts";

/** What a package says it has left out of a request. */
export interface LeftOut {
  /** A setting without which the answer would mean something else; null where there is none. */
  readonly refused: string | null;
  /** What only tunes, as the client is told (WIR-13). */
  readonly dropped: readonly string[];
}

const tuning: ReadonlyMap<string, Feature> = new Map<string, Feature>([
  ["temperature", "temperature"],
  ["topP", "top_p"],
  ["topK", "top_k"],
  ["seed", "seed"],
  ["frequencyPenalty", "frequency_penalty"],
  ["presencePenalty", "presence_penalty"],
  ["reasoning", "reasoning_effort"],
  ["reasoningEffort", "reasoning_effort"],
]);

const meaning = /^(?:tool|responseFormat|stopSequences|maxOutputTokens|provider-defined tool)/;

/** Names of settings that packages have of their own, as a header can carry them. */
const plainName = /^[\w.-]{1,64}$/;

const maxNames = 16;

/** The settings among a call's warnings that the model was not told of. */
export function readWarnings(warnings: unknown): LeftOut {
  const dropped = new Set<string>();
  let refused: string | null = null;
  for (const warning of Array.isArray(warnings) ? warnings : []) {
    if (!isObject(warning) || !isUnsupported(warning["type"])) continue;
    const { feature, setting } = warning;
    const name = typeof feature === "string" ? feature : setting;
    if (typeof name !== "string") continue;
    const known = tuning.get(name);
    if (known !== undefined) dropped.add(known);
    else if (meaning.test(name)) refused ??= name;
    else if (plainName.test(name) && dropped.size < maxNames) dropped.add(name);
  }
  return { refused, dropped: [...dropped] };
}

/** As v4 and v3 say it, and as packages did before. */
const isUnsupported = (type: unknown): boolean =>
  type === "unsupported" || type === "unsupported-setting" || type === "unsupported-tool";
