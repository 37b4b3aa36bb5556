import type { CallFacts, Dialect } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Reply } from "../reply.ts";

/** An answer in one piece, written once but for what differs from call to call. */
export interface PlainAnswer {
  readonly dialect: Dialect;
  readonly reply: Reply;
  body(facts: CallFacts, fault: FaultName | null): string;
  /** The length in bytes of a faultless body. */
  bytes(facts: CallFacts, body: string): number;
  /** What stands before and after the text of an answer with one choice. */
  around(facts: CallFacts): [before: string, after: string];
  /** Headers beside those that every answer has. */
  headers(facts: CallFacts): readonly string[];
}
