import type { Parsed } from "../result.ts";
import type { CanonicalRequest } from "./request.ts";
import type { RequestFacts } from "./request-facts.ts";

/** A client's request that was read and found right, in whatever dialect. */
export interface ReadRequest {
  readonly facts: RequestFacts;
  /**
   * For a target of another dialect; built at each call. Refuses with `unsupported_by_target` what
   * the canonical shape does not carry.
   */
  toCanonical(): Parsed<CanonicalRequest>;
  /** As `AnswerContext.repeatedMembers`; absent where an answer repeats nothing. */
  repeatedMembers?(): string;
  /** Keeps of the body no more than its bytes: no other attempt will be made with it. */
  forget(): void;
}
