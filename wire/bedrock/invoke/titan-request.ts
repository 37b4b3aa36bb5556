import { PromptTally } from "../../anthropic/prompt-tally.ts";
import type { PathFacts } from "../../canonical/path-facts.ts";
import {
  isInteger,
  isList,
  isNumber,
  isObject,
  isText,
  member,
  optional,
  refuseFault,
  type JsonObject,
  type Rule,
} from "../../field-rules.ts";
import { ok, type Parsed } from "../../result.ts";
import { maxInt32, maxStopSequences } from "../check-body.ts";
import type { InferenceConfig } from "../converse-body.ts";
import type { Family } from "../families.data.ts";
import { ConverseInvocation } from "./converse-invocation.ts";
import type { NativeBody } from "./native-body.ts";
import { isNativeConfig, limitBeside, ownFieldOf, type NativeConfig } from "./native-config.ts";

/** `inputText` alone may be meant for an embedding: then the model in the path decides. */
export const isTitanBody = (
  { inputText, textGenerationConfig }: JsonObject,
  family: Family,
): boolean =>
  typeof inputText === "string" &&
  family !== "titan-embed" &&
  (family === "titan-text" || isObject(textGenerationConfig));

const configRules: Readonly<Record<string, Rule>> = {
  maxTokenCount: isInteger(1, maxInt32),
  temperature: isNumber(0, 1),
  topP: isNumber(0, 1),
  stopSequences: isList({ min: 0, max: maxStopSequences, each: isText() }),
};

const config: NativeConfig = {
  holder: "textGenerationConfig",
  rules: configRules,
  limitPlace: "textGenerationConfig.maxTokenCount",
};
const isConfig = isNativeConfig(config);

/** Reads a native body of Titan Text's. */
export function readTitanRequest(native: NativeBody, path: PathFacts): Parsed<ConverseInvocation> {
  const { json } = native;
  const found =
    member(json, "textGenerationConfig", optional(isConfig)) ??
    limitBeside(json, config.limitPlace);
  if (found !== null) return refuseFault(found);
  const { inputText, textGenerationConfig } = json;
  const text = typeof inputText === "string" ? inputText : "";
  const { maxTokenCount, ...others } = isObject(textGenerationConfig) ? textGenerationConfig : {};
  // isConfig has looked at each of them.
  const inferenceConfig = { ...others, maxTokens: maxTokenCount } as InferenceConfig;
  const size = new PromptTally();
  size.text(text);
  size.messages = 1;
  return ok(
    new ConverseInvocation({
      native,
      converse: { messages: [{ role: "user", content: [{ text }] }], inferenceConfig },
      facts: {
        ...path,
        streamUsage: true,
        maxTokens: inferenceConfig.maxTokens ?? null,
        choices: 1,
        user: null,
        nativeWords: "titan-text",
        size,
      },
      limit: { holder: "textGenerationConfig", key: "maxTokenCount" },
      ownField: ownFieldOf(json, ["inputText"], config),
    }),
  );
}
