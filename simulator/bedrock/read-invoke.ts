import { readMessage } from "../anthropic/read-request.ts";
import type { Asked } from "../dialect.ts";
import type { Fields } from "../fields.ts";
import { PromptReader } from "../prompt-reader.ts";
import type { Question } from "../question.ts";
import { parseBody, readStops } from "../request-json.ts";
import { readCohereEmbedding, readTitanEmbedding } from "./read-embedding.ts";
import { readConverse } from "./read-request.ts";
import { signer } from "./stream-words.ts";

/** Whose words a native body uses, and its answer. */
export type Family = "claude" | "nova" | "titan" | "titan-embed" | "cohere-embed";

export interface NativeQuestion extends Question {
  readonly family: Family;
}

const mostTokens = 10_000_000;
const mostStops = 2_500;

const familiesByModel: readonly (readonly [name: RegExp, family: Family])[] = [
  [/\bclaude\b/, "claude"],
  [/\bamazon\.nova\b/, "nova"],
  [/\bamazon\.titan-t/, "titan"],
  [/\bamazon\.titan-embed/, "titan-embed"],
  [/\bcohere\.embed/, "cohere-embed"],
];

/** By the model's name; where that is an account's own, by what stands in the body. */
const familyOf = (model: string, body: Fields): Family => {
  const named = familiesByModel.find(([name]) => name.test(model));
  if (named !== undefined) return named[1];
  if (body.has("anthropic_version")) return "claude";
  if (body.has("inputText")) return "titan";
  if (body.has("messages")) return "nova";
  if (body.has("texts")) return "cohere-embed";
  const text = "The body is not one of Claude's, Nova's or Titan's.";
  throw body.invalid("messages", text);
};

/** Bedrock's own, and what `@anthropic-ai/bedrock-sdk` from 1.0 on writes in its place. */
const claudeVersions: ReadonlySet<string> = new Set(["bedrock-2023-05-31", "2026-10-21"]);

const readClaude = (asked: Asked, body: Fields, stream: boolean): Question => {
  const version = body.string("anthropic_version");
  if (version === null || !claudeVersions.has(version)) {
    const text = 'anthropic_version: expected "bedrock-2023-05-31"';
    throw body.invalid("anthropic_version", text);
  }
  const { model } = asked;
  return readMessage(asked.body, { version, model, stream, needsLimit: true, signer });
};

const readTitan = ({ model }: Asked, body: Fields, stream: boolean): Question => {
  const text = body.string("inputText");
  if (text === null) throw body.missing("inputText");
  const prompt = new PromptReader(false);
  prompt.speaker("user");
  prompt.text(text);
  prompt.close();
  const config = body.object("textGenerationConfig");
  const limits = { min: 1, max: mostTokens, isInteger: true };
  return {
    model,
    stream,
    streamUsage: true,
    turns: prompt.turns,
    tools: [],
    toolUse: { kind: "auto" },
    parallelTools: false,
    format: { kind: "text" },
    stop: config === null ? [] : readStops(config, "stopSequences", mostStops),
    maxTokens: config?.number("maxTokenCount", limits) ?? null,
    choices: 1,
    thinking: false,
    cuts: [],
  };
};

/** Vectors are not streamed. */
const unstreamed = (question: Question, body: Fields, stream: boolean): Question => {
  if (!stream) return question;
  throw body.invalid("modelId", "The model is unsupported for streaming.");
};

const readers: Readonly<Record<Family, (asked: Asked, body: Fields, stream: boolean) => Question>> =
  {
    claude: readClaude,
    nova: ({ model, body: bytes }, body, stream) =>
      readConverse(body, { model, stream, hasCache: bytes.includes('"cachePoint"') }),
    titan: readTitan,
    "titan-embed": ({ model }, body, stream) =>
      unstreamed(readTitanEmbedding(model, body), body, stream),
    "cohere-embed": ({ model }, body, stream) =>
      unstreamed(readCohereEmbedding(model, body), body, stream),
  };

/** Reads a native body. Throws `Failure<RefusalCode>`. */
export const readInvoke = (asked: Asked, stream: boolean): NativeQuestion => {
  const body = parseBody(asked.body);
  const family = familyOf(asked.model, body);
  return { ...readers[family](asked, body, stream), family };
};

/** The question of a request that only counts: either of the two bodies may stand in it. */
export const readCounted = (asked: Asked): Question => {
  const body = parseBody(asked.body);
  const input = body.object("input");
  if (input === null) throw body.missing("input");
  const converse = input.object("converse");
  const about = { model: asked.model, stream: false, hasCache: false };
  if (converse !== null) return readConverse(converse, about);
  const native = input.object("invokeModel")?.string("body") ?? null;
  if (native === null) throw input.missing("converse");
  return readInvoke({ ...asked, body: Buffer.from(native, "base64") }, false);
};
