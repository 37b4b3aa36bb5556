import { Buffer } from "node:buffer";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { AskedCall } from "../admission/admission.ts";
import type { Arrival } from "../arrival.ts";
import type { SemanticPolicy } from "../cache-policy.ts";
import type { AnswerCache } from "../cache/answer-cache.ts";
import { semanticQuestionOf, type SemanticQuestion } from "../cache/cache-key.ts";
import type { CachedAnswer } from "../cache/cached-answer.ts";
import { firstVector } from "../cache/first-vector.ts";
import type { VectorIndex } from "../cache/vector-index.ts";
import type { Call } from "../call.ts";
import type { Embeddings } from "../embedding/embeddings.ts";
import type { AnswerGiven } from "../observe/answer-given.ts";
import type { Principal } from "../principal.ts";
import type { EmbeddingHead } from "../request.ts";

export interface SemanticAnswersParts {
  readonly cache: Pick<AnswerCache, "find">;
  readonly index: VectorIndex;
  readonly embeddings: Pick<Embeddings, "embed">;
  readonly ids: IdSource;
  readonly given: Pick<AnswerGiven, "failed" | "works">;
}

/** A question that is looked for by its meaning. */
export interface Meant {
  readonly asked: AskedCall;
  readonly policy: SemanticPolicy;
  readonly question: SemanticQuestion;
}

/** A kept answer to words that mean the same, and how near they are. */
export interface SemanticFound {
  readonly answer: CachedAnswer;
  readonly similarity: number;
}

/** What a look has come to; the vector is kept for the answer that is made now. */
export interface SemanticLook {
  readonly found: SemanticFound | null;
  readonly vector: readonly number[] | null;
}

/** Nobody waits longer to learn that a question was answered before. */
const patienceMs = 2_000;

/**
 * Kept answers by what their questions mean (STR-14). Each question costs a call for its vector,
 * which is its tenant's as every call is: its rates, its budgets, rows of its own.
 */
export class SemanticAnswers {
  readonly #parts: SemanticAnswersParts;
  /** Keys that may not ask for vectors themselves: their calls' meaning is the operator's wish. */
  readonly #askers = new WeakMap<Principal, Principal>();

  constructor(parts: SemanticAnswersParts) {
    this.#parts = parts;
  }

  /** The nearest kept answer, no older than `maxAgeMs`. Never throws. */
  async look(meant: Meant, maxAgeMs: number, gone: () => AbortSignal): Promise<SemanticLook> {
    const { index, cache } = this.#parts;
    const { scope } = meant.question;
    // Nothing to compare with: the vector is made behind the answer.
    if (!index.has(scope)) return { found: null, vector: null };
    const vector = await this.#vectorOf(meant, gone);
    const near = vector === null ? null : index.nearest(scope, vector);
    if (near === null || near.similarity < meant.policy.threshold) return { found: null, vector };
    const answer = cache.find(near.key, maxAgeMs);
    const found = answer === null ? null : { answer, similarity: near.similarity };
    return { found, vector };
  }

  /** From now on questions that mean the same find the answer of that key. Never throws. */
  async keep(meant: Meant, key: string, known: readonly number[] | null): Promise<void> {
    const vector = known ?? (await this.#vectorOf(meant, notGone));
    if (vector !== null) this.#parts.index.add(meant.question.scope, key, vector);
  }

  async #vectorOf(
    { asked: { call }, policy, question }: Meant,
    gone: () => AbortSignal,
  ): Promise<readonly number[] | null> {
    const { embeddings, given, ids } = this.#parts;
    try {
      const input = { model: policy.model, input: question.text };
      const arrival = this.#arrival(call, { id: ids.newBody(), gone, input });
      const outcome = await embeddings.embed(arrival);
      if (outcome.kind === "failed") throw outcome.failure;
      const { body } = outcome;
      const vector = firstVector(typeof body === "string" ? Buffer.from(body) : body);
      outcome.release();
      if (vector === null) throw new Error("the answer has no vector");
      given.works();
      return vector;
    } catch (error) {
      given.failed("embed", error);
      return null;
    }
  }

  #arrival(
    { principal, attribution }: Call,
    { id, gone, input }: { readonly id: string; readonly input: object } & Pick<Arrival, "gone">,
  ): Arrival<EmbeddingHead> {
    return {
      id,
      surface: "openai.embeddings",
      said: () => ({ surface: "openai.embeddings" }),
      credential: { principal: this.#askerOf(principal) },
      sender: null,
      attribution: () => attribution,
      timeoutMs: () => patienceMs,
      criticality: () => null,
      midStream: () => null,
      connection: null,
      accepted() {},
      rated() {},
      body: () => Promise.resolve(Buffer.from(JSON.stringify(input))),
      isGone: () => false,
      gone,
    };
  }

  #askerOf(principal: Principal): Principal {
    const known = this.#askers.get(principal);
    if (known !== undefined) return known;
    const asker = { ...principal, models: ["*"], surfaces: ["*"], requestBudget: null };
    this.#askers.set(principal, asker);
    return asker;
  }
}

/** Whoever has asked has an answer by now. */
const notGone = (): AbortSignal => new AbortController().signal;

/** Null where the alias gives answers to the same words alone, or these cannot be compared. */
export function meantBy(asked: AskedCall): Meant | null {
  const { cache: policy } = asked.call.entry;
  if (policy?.semantic === undefined) return null;
  const question = semanticQuestionOf(asked, policy);
  return question === null ? null : { asked, policy: policy.semantic, question };
}

/** The same answer, known by the words that it is given to. */
export const reworded = ({ answer, similarity }: SemanticFound, key: string): CachedAnswer => ({
  ...answer,
  key,
  facts: { ...answer.facts, similarity },
});
