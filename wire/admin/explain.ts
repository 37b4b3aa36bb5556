import { refuse, type Parsed } from "../result.ts";
import { Fields, type FieldCode } from "./_fields.ts";
import type { CircuitView } from "./circuits.ts";

/** The ways in for which a plan can be explained. */
export const explainedSurfaces = [
  "openai.chat",
  "openai.completions",
  "anthropic.messages",
  "bedrock.converse",
  "bedrock.invoke",
  "gemini.generateContent",
] as const;

export type ExplainedSurface = (typeof explainedSurfaces)[number];

/** Body of `POST /admin/explain`: a request that is not sent. */
export interface ExplainRequest {
  /** What the client would name, whatever its body says. */
  readonly model: string;
  readonly surface: ExplainedSurface;
  /** The client's own; null: a short one that names nothing but the model. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** Headers of the client that the surface reads, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The id of a key: what it may do, its rate and its budget count. */
  readonly key: string | null;
  /** A key of this tenant that has not spent anything. */
  readonly tenant: string | null;
  /** What the user says, in place of a body: a first message. */
  readonly message: string | null;
}

export interface ExplainedTimeouts {
  readonly connectMs: number;
  /** Of a stream: as configured, or longer where the target usually is. */
  readonly firstTokenMs: number;
  readonly betweenTokensMs: number;
  readonly attemptMs: number | null;
}

/** A place that the request could go to. */
export interface ExplainedTarget {
  /** What circuits name it by. */
  readonly target: string;
  readonly provider: string;
  readonly region: string;
  readonly credential: string | null;
  readonly upstreamModel: string;
}

export interface ExplainedRest {
  readonly cause: "circuit" | "region" | "credential" | "cooling" | "drained" | "forced";
  /** Null until an administrator ends it. */
  readonly forMs: number | null;
}

/** One attempt of the plan. */
export interface ExplainedAttemptView extends ExplainedTarget {
  readonly pool: string;
  /** The provider's interface. */
  readonly api: string;
  readonly priority: number;
  readonly weight: number;
  readonly maxTokens: number;
  /** The most that it can cost; null without a price. */
  readonly dearestNanoUsd: number | null;
  readonly dearestUsd: number | null;
  readonly timeouts: ExplainedTimeouts;
  /** Of the region, the credential and the target. */
  readonly circuits: readonly CircuitView[];
  /** Why it may not be tried now; null when it may. */
  readonly rest: ExplainedRest | null;
  /** The share of its calls that it takes: less than 1 while it starts slowly, 0 while it rests. */
  readonly share: number;
  readonly inFlight: number;
  /** What `p2c` compares, before weights. */
  readonly load: number;
  /** Retries that its region may receive now. */
  readonly retriesLeft: number;
}

/** A target that is not in the plan. */
export interface LeftOutView extends ExplainedTarget {
  readonly why: "uncarried" | "too_long" | "unpriced" | "resting" | "kept_back";
  readonly sentence: string;
}

/** What the client would get instead of an answer. */
export interface ExplainedRefusal {
  readonly code: string;
  /** On this surface. */
  readonly status: number;
  readonly message: string;
  readonly param: string | null;
  readonly retryAfterMs: number | null;
}

/** One thing that spoke for a simple request, or, above zero, for a strong one. */
export interface SignalView {
  readonly name: string;
  readonly points: number;
  /** The word of a list by which it was found. */
  readonly word: string | null;
}

/** What a name that leaves a choice was taken for. */
export type ChoiceView = JudgedView | DividedView;

/** By what the request asks for (RTE-5). */
export interface JudgedView {
  readonly kind: "complexity";
  readonly alias: string;
  readonly complexity: "simple" | "strong";
  readonly points: number;
  readonly signals: readonly SignalView[];
}

/** By the weights of a split (RTE-4). */
export interface DividedView {
  readonly kind: "split";
  /** The arm. */
  readonly alias: string;
  readonly split: string;
  readonly by: "session" | "user" | "chance";
  readonly weight: number;
  /** Of all arms together. */
  readonly ofWeight: number;
  /** Grows with each change of the weights. */
  readonly phase: number;
}

/** Answer to `POST /admin/explain`. */
export interface ExplainView {
  readonly model: string;
  readonly surface: ExplainedSurface;
  readonly key: string | null;
  readonly tenant: string | null;
  /** Which alias serves it; null where the name leaves no choice. */
  readonly choice: ChoiceView | null;
  /** Tried in this order; a name with several is a chain. */
  readonly pools: readonly { readonly name: string; readonly balance: string }[];
  /** In the order in which they would be made. */
  readonly attempts: readonly ExplainedAttemptView[];
  /** So many of them at most; null where the request was refused before it had a plan. */
  readonly maxAttempts: number | null;
  /** Of its conversation, the oldest that no window has room for. */
  readonly leftOutMessages: number;
  /** Who would summarise them, and whether that was done already; null where nobody would. */
  readonly summary: { readonly model: string; readonly isKept: boolean } | null;
  readonly leftOut: readonly LeftOutView[];
  /** Of the whole call. */
  readonly deadlineMs: number | null;
  /** What failed attempts may waste now; null without a limit. */
  readonly retrySpendLeftNanoUsd: number | null;
  readonly refusal: ExplainedRefusal | null;
  /** All of it in words, in the order in which it was found out. */
  readonly sentences: readonly string[];
}

const anyModel = { pattern: /^[^\p{Cc}]{1,2048}$/u, says: "a model's name" };
const anyId = { pattern: /^[\x21-\x7e]{1,128}$/, says: "an id" };
const maxHeaders = 20;
const maxHeaderChars = 8_192;

const aMessage = { pattern: /^(?=[^]*\S)[^]{1,4000}$/, says: "a message of 1 to 4,000 characters" };

const known = ["model", "surface", "body", "headers", "key", "tenant", "message"];

export function parseExplainRequest(body: unknown): Parsed<ExplainRequest, FieldCode> {
  const fields = new Fields(body, known);
  const request = {
    model: fields.required("model", anyModel),
    surface: fields.choice("surface", explainedSurfaces, "openai.chat"),
    body: fields.object("body"),
    key: fields.optional("key", anyId),
    tenant: fields.optional("tenant", anyId),
    message: fields.optional("message", aMessage),
  };
  const headers = fields.object("headers") ?? {};
  if (!areHeaders(headers)) {
    const rule = `must be a map of at most ${maxHeaders} texts by lower-case names`;
    return refuse("invalid_value", "headers", `Cannot read the body: headers ${rule}`);
  }
  if (request.key !== null && request.tenant !== null) {
    const why = "a key has its tenant: give one of key and tenant";
    return refuse("invalid_value", "tenant", `Cannot read the body: ${why}`);
  }
  if (request.body !== null && request.message !== null) {
    const why = "a body has its messages: give one of body and message";
    return refuse("invalid_value", "message", `Cannot read the body: ${why}`);
  }
  return fields.done({ ...request, headers });
}

const areHeaders = (
  headers: Readonly<Record<string, unknown>>,
): headers is Readonly<Record<string, string>> => {
  const entries = Object.entries(headers);
  return (
    entries.length <= maxHeaders &&
    entries.every(
      ([name, value]) =>
        /^[a-z0-9-]{1,64}$/.test(name) &&
        typeof value === "string" &&
        value.length <= maxHeaderChars,
    )
  );
};
