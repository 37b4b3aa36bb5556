import type { ChatAnswer, Frame } from "./chat-answer.ts";
import type { Fault } from "./faults.data.ts";
import type { UpstreamEnd } from "./simulated-call.ts";
import type { TargetPlan } from "../scenario/gateway-plan.ts";

/** What the provider knows of one call: its own books, against which the gateway's are held. */
export interface UpstreamRecord {
  readonly n: number;
  /** Counted from 1 over all calls for this request. */
  readonly attempt: number;
  readonly target: TargetPlan;
  readonly isStream: boolean;
  readonly fault: Fault;
  /** Tokens that its answer may have, as it was told. */
  readonly maxTokens: number;
  readonly startedMs: number;
  /** How long the provider asks to be left alone; null when it does not say, or says nonsense. */
  readonly hintMs: number | null;
  readonly answer: ChatAnswer;
  /** Of the honest and complete answer. */
  readonly billNanoUsd: number;
  readonly frames: readonly Frame[];
  /** The body as it would be if it were sent to its last byte. */
  readonly body: Buffer;
  status: number | null;
  deliveredBytes: number;
  firstContentMs: number | null;
  lastContentMs: number;
  /** The longest time between two pieces of content, pauses of the gateway's own left out. */
  longestSilenceMs: number;
  wasPaused: boolean;
  wasResumed: boolean;
  /** Slices that ended between the bytes of one character. */
  tornCharacters: number;
  closedMs: number | null;
  end: UpstreamEnd | null;
}

/** How many frames the gateway has whole; the line ends of the last one may be missing. */
export function framesDelivered({ frames, deliveredBytes }: UpstreamRecord): number {
  let at = 0;
  for (const [index, { bytes }] of frames.entries()) {
    at += bytes.length;
    if (at - blankBytes(bytes) > deliveredBytes) return index;
  }
  return frames.length;
}

const blankBytes = (bytes: Buffer): number => {
  let count = 0;
  while (bytes[bytes.length - 1 - count] === 0x0a || bytes[bytes.length - 1 - count] === 0x0d) {
    count += 1;
  }
  return count;
};
