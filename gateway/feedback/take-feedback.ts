import { Failure } from "@sekisho/lib/failure/failure.ts";
import { idBodyIn } from "@sekisho/lib/ids/id-body.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Attribution, Principal } from "../principal.ts";
import type { Author, Feedback, FeedbackStore, Opinion, RatedCall } from "./feedback.ts";

export interface FeedbackParts {
  readonly clock: Clock;
  readonly store: FeedbackStore;
  readonly writer: Pick<Writer, "commit" | "flush">;
}

/** Who says something of which answer. */
export interface Saying {
  /** As the client has it: of the answer, in the words of whichever surface. */
  readonly id: string;
  readonly principal: Pick<Principal, "tenant" | "keyId">;
  readonly attribution: Pick<Attribution, "user">;
  readonly opinion: Opinion;
}

const dayMs = 86_400_000;
/** Who comes later has forgotten the answer. */
const acceptedDays = 30;
/** A client names its users: one answer has no more of them than this. */
const maxAuthors = 20;

/**
 * Keeps what somebody says of an answer (RTE-4): once for each user, or for the key where none is
 * named; a later one takes its place. Throws Failure `not_found` for an answer of nobody or of
 * another tenant, `conflict` for one that is too old or has been talked of by too many.
 */
export async function takeFeedback(
  { id, principal, attribution, opinion }: Saying,
  { clock, store, writer }: FeedbackParts,
): Promise<Feedback> {
  const body = idBodyIn(id);
  const call = body === null ? null : await callOf(body, { store, writer });
  if (call === null || call.tenant !== principal.tenant) {
    throw new Failure<Code>("not_found", `Cannot find the response "${id.slice(0, 64)}"`);
  }
  const atMs = clock.wallMs();
  if (call.endedMs !== null && atMs - call.endedMs > acceptedDays * dayMs) {
    const why = `it is older than ${acceptedDays} days`;
    throw new Failure<Code>("conflict", `Cannot take feedback on "${id.slice(0, 64)}": ${why}`);
  }
  const user = attribution.user ?? call.user;
  const author: Author =
    user === null ? { kind: "key", name: principal.keyId } : { kind: "user", name: user };
  if (store.othersThan(author, call.id) >= maxAuthors) {
    const why = `${maxAuthors} have given theirs, the limit`;
    throw new Failure<Code>("conflict", `Cannot take feedback on "${id.slice(0, 64)}": ${why}`);
  }
  const feedback: Feedback = { ...opinion, call, author, atMs };
  await writer.commit([store.put(feedback)], "process");
  return feedback;
}

/** Rows are written behind the answer: what is not there yet is on its way to the store. */
async function callOf(
  body: string,
  { store, writer }: Pick<FeedbackParts, "store" | "writer">,
): Promise<RatedCall | null> {
  const found = store.call(body);
  if (found !== null) return found;
  await writer.flush();
  return store.call(body);
}
