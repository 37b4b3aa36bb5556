import { hash } from "node:crypto";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import type { CachePolicy } from "../cache-policy.ts";
import type { Call } from "../call.ts";
import type { Plan } from "../plan.ts";
import { readerOf } from "../principal.ts";
import type { ClientRequest } from "../request.ts";
import { formOf } from "./answer-form.ts";

/** Answers that were kept under another reading of requests are not found again. */
const version = "1";

/**
 * What a request says, as 64 hexadecimal digits: whose it is, which model answers it first, and all
 * that changes the answer. The words of a dialect are the same as those of another one that mean
 * the same. Null where an answer depends on more than that, or nobody can tell (STR-14).
 */
export function cacheKeyOf(call: Call, plan: Plan, policy: CachePolicy): string | null {
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
  const canonical = request.canonical();
  if (owner === null || !canonical.ok) return null;
  const { target, defaults } = first;
  const model = JSON.stringify([target.upstreamModel, entry.branch ?? null, defaults]);
  const said = JSON.stringify([
    saidBy(canonical.value, policy),
    ownWords(request, canonical.value),
  ]);
  return hash("sha256", prefixed([version, principal.tenant, owner, model, said]), "hex");
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

/** Whose answers the call may be given; null where nobody can say. */
function ownerOf({ principal, attribution }: Call, { scope }: CachePolicy): string | null {
  switch (scope) {
    case "tenant":
      return JSON.stringify(["tenant"]);
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

/** All but whom the request is for, and in which form the answer is wanted. */
function saidBy(request: CanonicalRequest, { byTemperature }: CachePolicy): readonly unknown[] {
  const { temperature, topP, topK, seed, frequencyPenalty, presencePenalty } = request.sampling;
  return [
    request.model,
    request.system,
    request.messages,
    request.tools,
    request.toolChoice,
    request.parallelTools,
    byTemperature ? temperature : null,
    [topP, topK, seed, frequencyPenalty, presencePenalty],
    request.stop,
    request.maxTokens,
    request.responseFormat,
  ];
}
