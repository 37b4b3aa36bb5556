import type { CallFacts, Dialect } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import { noTokens, type Reply } from "../reply.ts";
import type { PlainAnswer } from "../script/plain-answer.ts";
import { usageView } from "../script/usage-view.ts";
import { embedText } from "./embed-text.ts";
import type { EmbeddingQuestion } from "./embedding-question.ts";

/** How a dialect writes vectors. */
export interface VectorWords {
  readonly dialect: Dialect;
  /** `tokens` is null where a fault leaves them out. */
  body(vectors: readonly number[][], tokens: number | string | null): string;
  headers(facts: CallFacts): readonly string[];
}

/** Vectors of texts: an answer in which no model speaks, and whose prompt alone is paid. */
export class EmbeddingAnswer implements PlainAnswer {
  readonly dialect: Dialect;
  readonly reply: Reply;
  readonly #words: VectorWords;
  readonly #vectors: readonly number[][];
  readonly #body: string;

  constructor(words: VectorWords, { texts, dimensions }: EmbeddingQuestion) {
    const input = texts.reduce((sum, { tokens }) => sum + tokens, 0);
    this.dialect = words.dialect;
    this.reply = { choices: [], tokens: { ...noTokens, input } };
    this.#words = words;
    this.#vectors = texts.map(({ text }) => embedText(text, dimensions));
    this.#body = words.body(this.#vectors, input);
  }

  body(_: CallFacts, fault: FaultName | null): string {
    const view = usageView(this.reply.tokens, fault);
    if (fault === null || view === null) {
      return fault === null ? this.#body : this.#words.body(this.#vectors, null);
    }
    return this.#words.body(this.#vectors, view.write(view.tokens.input));
  }

  bytes(_: CallFacts, body: string): number {
    return Buffer.byteLength(body);
  }

  around(): [before: string, after: string] {
    return [`${this.#body.slice(0, -1)},"note":"`, '"}'];
  }

  headers(facts: CallFacts): readonly string[] {
    return this.#words.headers(facts);
  }
}
