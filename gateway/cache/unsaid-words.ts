import type { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import type { ClientRequest, Surface } from "../request.ts";

/**
 * `one`: a text, a number or a list of them. `any`: whatever it is, it is read as it stands. Of a
 * list: one of these texts.
 */
type Shape = "one" | "any" | readonly string[] | { readonly [member: string]: Shape };

const openaiPart: Shape = { type: ["text"], text: "one" };
const openaiTool: Shape = {
  type: ["function"],
  function: { name: "one", description: "one", parameters: "any", strict: "one" },
};
const anthropicPart: Shape = { type: ["text"], text: "one" };
const geminiParts: Shape = { text: "one" };

/**
 * What of a body its canonical form says whole. Everything else passes to providers of the same
 * dialect as it came, and nobody knows what it changes. Lists are as their elements.
 */
const shapes: Partial<Readonly<Record<Surface | "openai.embeddings", Shape>>> = {
  "openai.chat": {
    model: "one",
    messages: {
      // A developer may be obeyed in another way than a system prompt.
      role: ["system", "user", "assistant", "tool"],
      name: "one",
      content: openaiPart,
      tool_call_id: "one",
      tool_calls: { id: "one", type: ["function"], function: { name: "one", arguments: "one" } },
    },
    tools: openaiTool,
    response_format: { type: ["text", "json_object"] },
    max_tokens: "one",
    max_completion_tokens: "one",
    temperature: "one",
    top_p: "one",
    seed: "one",
    stop: "one",
    stream: "one",
    stream_options: { include_usage: "one" },
    user: "one",
    metadata: "any",
  },
  "anthropic.messages": {
    model: "one",
    system: anthropicPart,
    messages: { role: ["user", "assistant"], content: anthropicPart },
    max_tokens: "one",
    temperature: "one",
    top_p: "one",
    top_k: "one",
    stop_sequences: "one",
    stream: "one",
    metadata: { user_id: "one" },
  },
  "bedrock.converse": {
    system: { text: "one" },
    messages: { role: ["user", "assistant"], content: { text: "one" } },
    inferenceConfig: { maxTokens: "one", temperature: "one", topP: "one", stopSequences: "one" },
  },
  "gemini.generateContent": {
    systemInstruction: { parts: geminiParts },
    contents: { role: ["user", "model"], parts: geminiParts },
    generationConfig: {
      maxOutputTokens: "one",
      temperature: "one",
      topP: "one",
      topK: "one",
      seed: "one",
      stopSequences: "one",
    },
  },
};

/** Surfaces whose bodies may pass to a provider as they came. */
const passing: ReadonlySet<string> = new Set<Surface>([
  "openai.chat",
  "openai.completions",
  "anthropic.messages",
  "bedrock.converse",
  "bedrock.invoke",
  "gemini.generateContent",
]);

/** Form and end user of an answer, at the top of a body: they have their own place in a key. */
const aside: ReadonlySet<string> = new Set(["stream", "stream_options", "user", "metadata"]);
/** Where dialects have their temperature. */
const settings: ReadonlySet<string> = new Set(["inferenceConfig", "generationConfig"]);

/** Longer bodies count as they are: reading them once more would block the process. */
const longestBytes = 262_144;

/**
 * What a body says beyond its canonical form: its members in their own order, or its very bytes
 * where JavaScript cannot hold what stands there (an integer above 2^53, a member twice). Null
 * where there is nothing of the kind.
 */
export function unsaidWords(
  { surface }: Pick<ClientRequest, "surface">,
  body: Buffer,
  byTemperature: boolean,
): string | null {
  if (!passing.has(surface)) return null;
  const own = body.length > longestBytes ? null : heldJson(body.toString("utf8"));
  if (own === null) return JSON.stringify([surface, hash("sha256", body, "hex")]);
  const shape = shapes[surface];
  if (shape !== undefined && isOfShape(own, shape)) return null;
  return JSON.stringify([surface, isObject(own) ? countedOf(own, byTemperature) : own]);
}

const countedOf = (body: object, byTemperature: boolean): object =>
  Object.entries(body).flatMap(([name, value]) => {
    if (aside.has(name) || (!byTemperature && name === "temperature")) return [];
    const isSetting = !byTemperature && settings.has(name) && isObject(value);
    return [[name, isSetting ? { ...value, temperature: null } : value]];
  });

/** Null where reading it has lost something, or it is no JSON. */
function heldJson(text: string): unknown {
  const json: unknown = JSON.parse(text);
  return JSON.stringify(json) === plainText(text) ? json : null;
}

const tokens = /[ \t\n\r]+|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/** Without spaces, its texts and numbers written in the one way of `JSON.stringify`. */
const plainText = (text: string): string =>
  text.replaceAll(tokens, (token) => {
    if (token.startsWith('"')) return token.includes("\\") ? respelled(token) : token;
    return /^\s/.test(token) ? "" : numberText(token);
  });

const respelled = (token: string): string => JSON.stringify(JSON.parse(token));

/** A double holds each number of so many digits apart from all others. */
const exactDigits = 15;

function numberText(token: string): string {
  const value = Number(token);
  const [mantissa = ""] = token.split(/[eE]/, 1);
  const digits = mantissa.replaceAll(/[-.]/g, "").replace(/^0+/, "").length;
  const isHeld = Number.isSafeInteger(value) && /^-?\d+$/.test(token);
  const isExact = isHeld || (digits <= exactDigits && Math.abs(value) > 1e-300);
  const isZero = value === 0 && digits === 0 && !token.startsWith("-");
  return Number.isFinite(value) && !Object.is(value, -0) && (isExact || isZero)
    ? String(value)
    : `not held: ${token}`;
}

function isOfShape(value: unknown, shape: Shape): boolean {
  if (shape === "any") return true;
  if (Array.isArray(value)) return value.every((each) => isOfShape(each, shape));
  if (isTexts(shape)) return typeof value === "string" && shape.includes(value);
  if (!isObject(value)) return true;
  if (shape === "one") return false;
  return Object.entries(value).every(([name, own]) => {
    const inner = Object.hasOwn(shape, name) ? shape[name] : undefined;
    return inner !== undefined && isOfShape(own, inner);
  });
}

const isTexts = (shape: Shape): shape is readonly string[] => Array.isArray(shape);

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
