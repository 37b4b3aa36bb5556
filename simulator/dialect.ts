import type { Behaviour } from "./behaviour.ts";
import type { Question } from "./question.ts";
import type { Reply } from "./reply.ts";
import type { Script } from "./script.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";

/** Why a request is refused by the simulated provider itself. */
export type RefusalCode =
  | "invalid_json"
  | "invalid_value"
  | "missing_field"
  | "payload_too_large"
  | "invalid_key"
  | "not_found"
  | "method_not_allowed"
  | "invalid_marker"
  | "overloaded"
  | "internal";

/** What differs between two calls that get the same answer. */
export interface CallFacts {
  readonly id: string;
  readonly createdSeconds: number;
  /** The connection has served a request before. */
  readonly isReused: boolean;
}

/** An answer that a dialect has written once and may play many times. */
export interface Prepared {
  readonly reply: Reply;
  script(facts: CallFacts, behaviour: Behaviour): Script;
}

/** One API of one provider: bytes to a question, an answer to a script. */
export interface Dialect {
  /** The path below a region's prefix. */
  readonly path: string;
  /** What the id of an answer begins with. */
  readonly idPrefix: string;
  /** Throws `Failure<RefusalCode>`. */
  parse(body: Buffer): Question;
  prepare(question: Question, reply: Reply): Prepared;
  refuse(failure: Failure<RefusalCode>, id: string): Script;
}
