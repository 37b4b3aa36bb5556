import { Buffer } from "node:buffer";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { Completion } from "../answer.ts";
import type { FoundStream } from "./found-stream.ts";
import { endOf, entriesOf } from "./streams.ts";
import type { StreamEnd } from "./stream-store.ts";

type Ended = Pick<FoundStream, "log" | "end">;

/** A recorded answer that is over and whole. */
export interface FoundWhole {
  /** The provider's own words; null where it is made of events. */
  readonly bytes: Buffer | null;
  readonly events: readonly CanonicalEvent[];
  readonly completion: Completion;
}

/** The failure that an answer ended with, as its first client was told; null: it is whole. */
export function failureIn({ end }: Pick<Ended, "end">, last?: CanonicalEvent) {
  const isError = last?.type === "error";
  if (!isError && end !== null && end.code === null) return null;
  const code = codeOf(isError ? last.code : (end?.code ?? ""));
  const message = isError ? last.message : codes[code].meaning;
  return new Failure<Code>(code, message, end?.head?.details ?? {});
}

/** What it came to. Who is given an answer again pays nothing for it. */
export function completionIn(
  { costNanoUsd, usage, head, firstTokenMs, latencyMs }: StreamEnd,
  isRepeated: boolean,
): Omit<Completion, "served"> {
  return {
    costNanoUsd: isRepeated ? 0 : costNanoUsd,
    usage: usage ?? noUsage,
    timing: { firstTokenMs, latencyMs },
    headers: head?.headers ?? [],
  };
}

/**
 * Everything that it says, once it is over. Rejects with the Failure that it ended with,
 * `outcome_unknown` where it is not kept.
 */
export async function wholeOf(found: FoundStream, isRepeated: boolean): Promise<FoundWhole> {
  const { log } = found;
  await endOf(log);
  const entries = entriesOf(log);
  if (entries === null) throw notKept();
  const bytes: Buffer[] = [];
  const events: CanonicalEvent[] = [];
  for (const { payload } of entries) {
    if (Buffer.isBuffer(payload)) bytes.push(payload);
    else events.push(payload);
  }
  const failure = failureIn(found, events.at(-1));
  if (failure !== null) throw failure;
  const { end, served } = found;
  if (end === null || served === null) throw notKept();
  const completion = { ...completionIn(end, isRepeated), served };
  return { bytes: bytes.length === 0 ? null : joined(bytes), events, completion };
}

/** One piece is not copied: it may have megabytes. */
export const joined = (pieces: readonly Buffer[]): Buffer =>
  pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);

export const notKept = (): Failure<Code> =>
  new Failure<Code>(
    "outcome_unknown",
    "Cannot repeat the answer: it has grown beyond what is kept of one",
  );

/** As a process of any version has written it. */
const codeOf = (code: string): Code =>
  // The guard has looked.
  Object.hasOwn(codes, code) ? (code as Code) : "internal";
