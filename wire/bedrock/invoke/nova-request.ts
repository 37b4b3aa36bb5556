import { PromptTally } from "../../anthropic/prompt-tally.ts";
import type { PathFacts } from "../../canonical/path-facts.ts";
import {
  fault,
  isInteger,
  isList,
  isNumber,
  isObject,
  isText,
  member,
  optional,
  refuseFault,
  under,
  type JsonObject,
  type Rule,
} from "../../field-rules.ts";
import { ok, type Parsed } from "../../result.ts";
import { checkConverseBody, maxInt32, maxStopSequences } from "../check-body.ts";
import type { ConverseBody } from "../converse-body.ts";
import { tallySchemas } from "../converse-request.ts";
import type { Family } from "../families.data.ts";
import { ConverseInvocation } from "./converse-invocation.ts";
import type { NativeBody } from "./native-body.ts";
import {
  isGiven,
  isNativeConfig,
  limitBeside,
  ownFieldOf,
  type NativeConfig,
} from "./native-config.ts";

/** The schema of Nova's bodies, where they name one. */
const schemaVersion = "messages-v1";

/** Members of blocks as Converse and Nova name them; makers of the kind of OpenAI say `type`. */
const blockNames: ReadonlySet<string> = new Set([
  "text",
  "image",
  "video",
  "audio",
  "document",
  "toolUse",
  "toolResult",
  "reasoningContent",
  "cachePoint",
]);

const isNovaBlock = (block: unknown): boolean =>
  isObject(block) &&
  block["type"] === undefined &&
  Object.keys(block).every((key) => blockNames.has(key));

/** Is a native body Nova's? The body says so, or else the model that is named in the path. */
export function isNovaBody(
  { schemaVersion: version, messages }: JsonObject,
  family: Family,
): boolean {
  if (!Array.isArray(messages)) return false;
  if (isGiven(version)) return version === schemaVersion;
  if (family === "nova") return true;
  const contents = messages.map((message): unknown => (isObject(message) ? message["content"] : 0));
  const blocks = contents.flat();
  return contents.every(Array.isArray) && blocks.length > 0 && blocks.every(isNovaBlock);
}

/** One thing under two names: other readers might take the other one (SEC-5). */
const twoNames = [
  ["maxTokens", "max_new_tokens"],
  ["topP", "top_p"],
  ["topK", "top_k"],
] as const;

const isLimit = isInteger(1, maxInt32);
const isShare = isNumber(0, 1);
const isRank = isInteger(0, maxInt32);

const configRules: Readonly<Record<string, Rule>> = {
  maxTokens: isLimit,
  max_new_tokens: isLimit,
  temperature: isShare,
  topP: isShare,
  top_p: isShare,
  topK: isRank,
  top_k: isRank,
  stopSequences: isList({ min: 0, max: maxStopSequences, each: isText() }),
};

const config: NativeConfig = {
  holder: "inferenceConfig",
  rules: configRules,
  limitPlace: "inferenceConfig.maxTokens",
};
const members = ["schemaVersion", "messages", "system", "toolConfig"] as const;

const hasRightMembers = isNativeConfig(config);

const isConfig: Rule = (value) => {
  const given = isObject(value) ? value : {};
  for (const [name, other] of twoNames) {
    if (!isGiven(given[name]) || !isGiven(given[other])) continue;
    return under(other, fault("invalid_value", `says the same as ${name}, one of them expected`));
  }
  return hasRightMembers(value);
};

/** Reads a native body of Nova's. */
export function readNovaRequest(native: NativeBody, path: PathFacts): Parsed<ConverseInvocation> {
  const { json, scan } = native;
  const tally = new PromptTally();
  const view = converseView(json);
  const found =
    member(json, "inferenceConfig", optional(isConfig)) ??
    limitBeside(json, config.limitPlace) ??
    checkConverseBody(view, tally);
  if (found !== null) return refuseFault(found);
  // checkConverseBody has looked at every member that ConverseBody names.
  const converse = view as unknown as ConverseBody;
  const span = scan.span("toolConfig");
  tallySchemas(converse, span === null ? 0 : span.end - span.start, tally);
  return ok(
    new ConverseInvocation({
      native,
      converse,
      facts: {
        ...path,
        streamUsage: true,
        maxTokens: converse.inferenceConfig?.maxTokens ?? null,
        choices: 1,
        user: null,
        nativeWords: "nova",
        size: tally,
      },
      limit: {
        holder: "inferenceConfig",
        key: isGiven(configOf(json)["max_new_tokens"]) ? "max_new_tokens" : "maxTokens",
      },
      ownField: ownFieldOf(json, members, config),
    }),
  );
}

const configOf = ({ inferenceConfig }: JsonObject): JsonObject =>
  isObject(inferenceConfig) ? inferenceConfig : {};

/** The same request in the members of Converse. */
function converseView(json: JsonObject): JsonObject {
  const { messages, system, toolConfig } = json;
  const said = configOf(json);
  const topK = said["topK"] ?? said["top_k"];
  return {
    messages: Array.isArray(messages) ? messages.map(withOwnCachePoints) : messages,
    system: splitCachePoints(system ?? null),
    toolConfig: toolConfig ?? null,
    inferenceConfig: {
      maxTokens: said["maxTokens"] ?? said["max_new_tokens"],
      temperature: said["temperature"],
      topP: said["topP"] ?? said["top_p"],
      stopSequences: said["stopSequences"],
    },
    ...(isGiven(topK) ? { additionalModelRequestFields: { top_k: topK } } : {}),
  };
}

const withOwnCachePoints = (message: unknown): unknown =>
  isObject(message) ? { ...message, content: splitCachePoints(message["content"]) } : message;

/** In a native body the mark stands in the block that it follows. */
function splitCachePoints(blocks: unknown): unknown {
  if (!Array.isArray(blocks)) return blocks;
  return blocks.flatMap((block: unknown) => {
    if (!isObject(block) || !isGiven(block["cachePoint"])) return [block];
    const { cachePoint, ...others } = block;
    return Object.keys(others).length === 0 ? [block] : [others, { cachePoint }];
  });
}
