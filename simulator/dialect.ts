import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Credentials, Presented } from "./credentials.ts";
import type { ErrorFault } from "./faults.data.ts";
import type { Question } from "./question.ts";
import type { Reply, TokenCounts } from "./reply.ts";
import type { Script } from "./script.ts";

/** Why a request is refused by the simulated provider itself. */
export type RefusalCode =
  | "invalid_json"
  | "invalid_value"
  | "missing_field"
  | "payload_too_large"
  | "missing_key"
  | "invalid_key"
  | "invalid_signature"
  | "not_found"
  /** The model does something else than it is asked for. */
  | "other_model"
  | "method_not_allowed"
  | "invalid_marker"
  | "overloaded"
  | "internal";

/** An error as an API sends it. */
export interface ErrorRow {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
}

/** How an API fails. */
export interface DialectErrors {
  readonly faults: Readonly<Record<ErrorFault, ErrorRow>>;
  readonly refusals: Readonly<Record<RefusalCode, Omit<ErrorRow, "message">>>;
  /** The body of an error; `param` is the field of the request at fault. */
  json(row: ErrorRow, requestId: string, param: string | null): string;
  /** What an error has beside its type, length and id. */
  headers(row: ErrorRow): readonly string[];
  /** The header that says in milliseconds when trying again makes sense. */
  readonly retryMsHeader: string;
}

export type DialectName = "openai" | "anthropic" | "bedrock" | "gemini";

/** One API of one provider. */
export interface Dialect {
  readonly name: DialectName;
  readonly errors: DialectErrors;
  /** The header with the id of the request. */
  readonly idHeader: string;
  requestId(callId: string): string;
  /** Credentials have a form of their own here, to be checked where any is accepted. */
  readonly alwaysChecks: boolean;
  /** Throws `Failure<RefusalCode>`. */
  checkCredential(presented: Presented, credentials: Credentials): void;
}

/** What differs between two calls that get the same answer. */
export interface CallFacts {
  readonly id: string;
  readonly createdSeconds: number;
  /** The connection has served a request before. */
  readonly isReused: boolean;
  /** Those of the reply, but for what a cache had of the prompt. */
  readonly tokens: TokenCounts;
}

/** An answer that a dialect has written once and may play many times. */
export interface Prepared {
  readonly reply: Reply;
  script(facts: CallFacts, behaviour: Behaviour): Script;
}

/** What a client sent, where a question may stand in it. */
export interface Asked {
  readonly body: Buffer;
  /** The model that the path names; empty where the body names it. */
  readonly model: string;
  /** The version of the API that the client names. */
  readonly version: string;
}

/** One method of an API: bytes to a question, an answer to a script. */
export interface Surface {
  readonly dialect: Dialect;
  /** The path below a region's prefix; `{model}` stands for one segment. */
  readonly path: string;
  /** What the id of an answer begins with. */
  readonly idPrefix: string;
  /** The header that names the version of the API, null where there is one version. */
  readonly versionHeader: string | null;
  /** No model speaks: the answer is made of the question alone. */
  readonly isCount: boolean;
  /** Throws `Failure<RefusalCode>`. */
  parse(asked: Asked): Question;
  prepare(question: Question, reply: Reply): Prepared;
}

/** What is said of the models that are served. */
export interface ModelPages {
  list(names: readonly string[]): string;
  card(name: string): string;
}

export type Refusal = Failure<RefusalCode>;
