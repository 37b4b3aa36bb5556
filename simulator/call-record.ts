import type { FaultName } from "./faults.data.ts";
import type { TokenCounts } from "./reply.ts";

/** What became of a call. Only an `error` is free of charge by itself. */
export type Outcome =
  /** The answer was handed over whole. */
  | "complete"
  /** An answer that is no answer: an HTTP error, or a body that holds none. */
  | "error"
  /** We ended the connection or the body before the answer was complete. */
  | "cut_by_us"
  /** The client left before the answer was complete. */
  | "client_gone";

export type CallState = "receiving" | "held" | "answering" | "ended";

/** What was asked, in numbers: never the text. */
export interface QuestionSummary {
  readonly turns: number;
  readonly images: number;
  readonly tools: number;
  readonly maxTokens: number | null;
  readonly choices: number;
  readonly format: "text" | "json" | "schema";
}

/** One call as the simulator saw it. Times are those of the monotonic clock. */
export interface CallRecord {
  readonly seq: number;
  /** The id of the answer, as the client sees it. */
  readonly id: string;
  readonly region: string;
  readonly dialect: string;
  readonly path: string;
  /** Flat: name, value, name, value. */
  readonly rawHeaders: readonly string[];
  /** Which connection, and its how-manieth request this is, from 1. */
  readonly connection: number;
  readonly requestOfConnection: number;
  readonly startedMs: number;
  model: string;
  /** The model without a marker: what the price list knows it by. */
  pricedModel: string;
  stream: boolean;
  bodyBytes: number;
  bodySha256: string;
  summary: QuestionSummary | null;
  scenarios: readonly string[];
  fault: FaultName | null;
  state: CallState;
  status: number | null;
  firstByteMs: number | null;
  endedMs: number | null;
  /** When the client's close was seen, if it came before the end. */
  clientGoneMs: number | null;
  outcome: Outcome | null;
  bytesWritten: number;
  /** How long the head says that the body is; null where it says nothing. */
  announcedBytes: number | null;
  /** Output tokens that existed when the call ended. */
  producedTokens: number;
  /** What a complete answer would have used. */
  planned: TokenCounts;
  /** What was billed. */
  tokens: TokenCounts;
  costNanoUsd: number;
}
