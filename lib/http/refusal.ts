import type { Exchange } from "./exchange.ts";

/** Why the listener answers a request itself. The HTTP status of each is its owner's to choose. */
export type RefusalCode =
  | "bad_request" // breaks a framing rule
  | "conflicting_credentials" // more than one Authorization header
  | "header_timeout" // the head did not arrive in time
  | "headers_too_large"
  | "uri_too_long"
  | "method_not_allowed" // TRACE, CONNECT
  | "draining";

export interface Refusal {
  readonly code: RefusalCode;
  readonly message: string;
}

/** The answer to a refused request. Header arrays are flat: name, value, name, value. */
export interface RefusalAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Words a refusal for clients. There is no exchange when the head could not be parsed. */
export type AnswerRefusal = (refusal: Refusal, exchange: Exchange | null) => RefusalAnswer;
