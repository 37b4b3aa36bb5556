import type { Dialect } from "../dialect.ts";
import { noTokens, type Reply } from "../reply.ts";
import type { PlainAnswer } from "./plain-answer.ts";

/** How many tokens a prompt has: an answer that no model gives and nobody pays. */
export class CountAnswer implements PlainAnswer {
  readonly dialect: Dialect;
  readonly reply: Reply = { choices: [], tokens: noTokens };
  readonly #body: string;

  /** `member` is the name of the count in the answer. */
  constructor(dialect: Dialect, member: string, tokens: number) {
    this.dialect = dialect;
    this.#body = JSON.stringify({ [member]: tokens });
  }

  body(): string {
    return this.#body;
  }

  bytes(): number {
    return this.#body.length;
  }

  around(): [before: string, after: string] {
    return [`${this.#body.slice(0, -1)},"note":"`, '"}'];
  }

  headers(): readonly string[] {
    return [];
  }
}
