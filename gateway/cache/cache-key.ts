import type { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import type { CanonicalRequest, Sampling } from "@sekisho/wire/canonical/request.ts";
import type { CachePolicy } from "../cache-policy.ts";
import type { Call } from "../call.ts";
import type { Plan } from "../plan.ts";
import { readerOf } from "../principal.ts";
import type { ClientRequest } from "../request.ts";
import { formOf } from "./answer-form.ts";
import { unsaidWords } from "./unsaid-words.ts";

/** Answers that were kept under another reading of requests are not found again. */
const version = "3";

/**
 * What a request says, as 64 hexadecimal digits: whose it is, which model answers it first, and all
 * that changes the answer. The words of a dialect are the same as those of another one that mean
 * the same. Null where an answer depends on more than that, or nobody can tell (STR-14).
 */
export function cacheKeyOf({ call, plan, body }: KeyedAsk, policy: CachePolicy): string | null {
  const { request, principal, entry } = call;
  const { choices, size, embedding } = request.read.facts;
  const [first] = plan.attempts;
  // What a reference names may be another thing the next time.
  if (first === undefined || choices > 1 || size.references > 0 || embedding !== undefined) {
    return null;
  }
  // One that could not be read is asked for again in the same words.
  if (request.surface === "openai.moderations" || request.surface === "openai.embeddings") {
    return null;
  }
  // Nor is it known what is said beside the body.
  if (request.headerFeatures.length > 0) return null;
  const owner = ownerOf(call, policy);
  if (owner === null) return null;
  const { target, defaults } = first;
  const model = JSON.stringify([target.upstreamModel, entry.branch ?? null, defaults]);
  const said = saidBy(request, policy);
  if (said === null) return null;
  const unsaid = unsaidWords(request, body, policy.byTemperature) ?? "";
  const whose = [JSON.stringify(principal.tenant), version, owner, model];
  return hash("sha256", prefixed([...whose, said, unsaid]), "hex");
}

/** What a question is compared with, and by what words. */
export interface SemanticQuestion {
  /** As a key, but for the last words of the user: all else must be the same. */
  readonly scope: string;
  readonly text: string;
}

/**
 * Null where the last message is no text of a user's alone, or something is said that nobody reads.
 * The caller knows that the call has a key.
 */
export function semanticQuestionOf(
  { call, plan, body }: KeyedAsk,
  policy: CachePolicy,
): SemanticQuestion | null {
  const { request, principal, entry } = call;
  const owner = ownerOf(call, policy);
  const canonical = request.canonical();
  const [first] = plan.attempts;
  if (owner === null || !canonical.ok || first === undefined) return null;
  if (unsaidWords(request, body, policy.byTemperature) !== null) return null;
  const { messages } = canonical.value;
  const last = messages.at(-1);
  const [part, ...others] = last?.parts ?? [];
  if (last?.role !== "user" || part?.kind !== "text" || others.length > 0) return null;
  const { target, defaults } = first;
  const model = JSON.stringify([target.upstreamModel, entry.branch ?? null, defaults]);
  const rest = { ...canonical.value, messages: messages.slice(0, -1) };
  const said = wordsOf(request, rest, policy);
  const tenant = JSON.stringify(principal.tenant);
  const scope = hash("sha256", prefixed([tenant, version, owner, model, said]), "hex");
  return { scope, text: part.text };
}

/** What of a call a key is made of. */
export interface KeyedAsk {
  readonly call: Call;
  readonly plan: Plan;
  /** The bytes that its request was read from. */
  readonly body: Buffer;
}

/** What only one dialect knows may be answered in what only that dialect knows. */
const ownWords = (request: ClientRequest, { rest }: CanonicalRequest): readonly unknown[] | null =>
  Object.keys(rest).length === 0 ? null : [formOf(request), rest];

/** Of two lists of texts that differ, these differ too. */
const prefixed = (parts: readonly string[]): string => {
  let text = "";
  for (const part of parts) text += `${part.length}:${part}`;
  return text;
};

const everybody = JSON.stringify(["tenant"]);

/** Whose answers the call may be given; null where nobody can say. */
export function ownerOf({ principal, attribution }: Call, { scope }: CachePolicy): string | null {
  switch (scope) {
    case "tenant":
      return everybody;
    case "team":
      return JSON.stringify(
        principal.team === null ? ["key", readerOf(principal)] : ["team", principal.team],
      );
    case "key":
      return JSON.stringify(["key", readerOf(principal)]);
    case "user":
      return attribution.user === null ? null : JSON.stringify(["user", attribution.user]);
  }
}

function saidBy(asked: ClientRequest, policy: CachePolicy): string | null {
  const canonical = asked.canonical();
  return canonical.ok ? wordsOf(asked, canonical.value, policy) : null;
}

/** Whom the request is for, and in which form the answer is wanted; what has its own place. */
const uncounted: ReadonlySet<string> = new Set<keyof CanonicalRequest>([
  "dialect",
  "stream",
  "streamUsage",
  "metadata",
  "user",
  "fieldNames",
  "sampling",
  "rest",
]);
const everySample: ReadonlySet<string> = new Set();
const noTemperature: ReadonlySet<string> = new Set<keyof Sampling>(["temperature"]);

/** Only what does not count is named: whatever a request comes to have beside it counts. */
const wordsOf = (
  asked: ClientRequest,
  request: CanonicalRequest,
  { byTemperature }: CachePolicy,
): string =>
  JSON.stringify([
    membersBut(uncounted, request),
    membersBut(byTemperature ? everySample : noTemperature, request.sampling),
    ownWords(asked, request),
  ]);

/** By their names: codecs of two dialects may write them in two orders. */
const membersBut = (but: ReadonlySet<string>, members: object): readonly unknown[] =>
  Object.entries(members)
    .filter(([name]) => !but.has(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
