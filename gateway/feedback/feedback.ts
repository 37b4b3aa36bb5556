import type { Write } from "@sekisho/lib/storage/writer.ts";

/** What somebody thinks of an answer. */
export interface Opinion {
  /** From -1, bad, to 1, good. */
  readonly score: number;
  readonly labels: readonly string[];
  readonly comment: string | null;
}

/** The call that an answer was of, as far as feedback needs to know. */
export interface RatedCall {
  readonly id: string;
  readonly tenant: string;
  /** Null: its process has it under way, or it has just ended. */
  readonly endedMs: number | null;
  readonly user: string | null;
  readonly session: string | null;
  /** The arm of a split that it fell to. */
  readonly arm: { readonly split: string; readonly arm: string } | null;
}

/** Of one author about one call: a later one takes its place. */
export interface Feedback extends Opinion {
  readonly call: RatedCall;
  readonly author: Author;
  readonly atMs: number;
}

/** A user whom the client names, or the key where it names none. */
export type Author =
  | { readonly kind: "user"; readonly name: string }
  | { readonly kind: "key"; readonly name: string };

/** What an arm was told. */
export interface ArmFeedback {
  readonly arm: string;
  readonly count: number;
  readonly good: number;
  readonly bad: number;
  readonly averageScore: number;
}

/** What one call was told. */
export interface CallFeedback {
  readonly count: number;
  readonly averageScore: number;
}

/** Where feedback is kept. */
export interface FeedbackStore {
  /** Null where no call has this id. */
  call(id: string): RatedCall | null;
  /** How many others have said something of a call. */
  othersThan(author: Author, callId: string): number;
  put(feedback: Feedback): Write;
  /** Of the arms of a split, of calls since then. */
  ofArms(split: string, sinceMs: number): readonly ArmFeedback[];
  /** Of the calls of these ids, those that somebody has said something of. */
  ofCalls(ids: readonly string[]): ReadonlyMap<string, CallFeedback>;
  dropOlder(beforeMs: number, limit: number): Write;
}

/** In the words of the store: two names of two kinds are never one. */
export const authorText = ({ kind, name }: Author): string => `${kind}:${name}`;
