import { Failure } from "@sekisho/lib/failure/failure.ts";
import { isConflict } from "@sekisho/lib/storage/storage-failure.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Admitted } from "../admission/admission.ts";
import type { Arrival } from "../arrival.ts";
import type { Call } from "../call.ts";
import type { ClaimScope } from "../idempotency/claim-store.ts";
import type { Claims, Turn } from "../idempotency/claims.ts";
import { digestOf, fingerprintOf } from "../idempotency/fingerprint.ts";
import { FingerprintMemo } from "../idempotency/fingerprint-memo.ts";
import type { CallRepeated } from "../observe/call-repeated.ts";
import { readerOf } from "../principal.ts";
import type { FoundStream } from "../responses/found-stream.ts";
import type { Response } from "../responses/response.ts";
import type { StreamHead } from "../responses/stream-store.ts";
import type { Streams } from "../responses/streams.ts";
import type { Once } from "./running-call.ts";
import type { AnyHead, SurfaceHead, SurfaceRequest } from "../request.ts";

/** Reads a body in the words of its surface. Throws Failure. */
type ReadBody<Head> = (said: Head, body: Buffer) => SurfaceRequest;

/** The stages of a call in two steps, as `Pipeline` has them. */
export interface OnceStages<Head extends AnyHead> {
  admit(arrival: Arrival<Head>, read: ReadBody<Head>): Promise<Admitted<Head>>;
  begin(admitted: Admitted<Head>, arrival: Arrival<Head>, once: Once): Promise<unknown>;
  /** The call was answered by an earlier one. */
  remember(admitted: Admitted<Head>): void;
  leave(): void;
}

export interface OnceCallsParts<Head extends AnyHead = SurfaceHead> {
  readonly stages: OnceStages<Head>;
  readonly read: ReadBody<Head>;
  readonly claims: Claims<FoundStream>;
  readonly streams: Pick<Streams, "prepare" | "discard" | "record">;
  readonly repeated: CallRepeated;
}

/** How a request is told from others. */
export interface OnceAsked {
  /** The client's own name for it; null: what it says. */
  readonly name: string | null;
  /** What its answer is recorded under. */
  readonly headOf: (call: Call) => StreamHead;
}

/** A call whose answer is recorded, and may be that of an earlier request. */
export interface OnceCall {
  readonly call: Call;
  readonly answer: FoundStream;
  readonly isRepeated: boolean;
}

/** Which requests are known to be repetitions. */
export interface Joins {
  /** By their client's own name. */
  readonly byName: boolean;
  /** Without a name, where they say the same. */
  readonly byContent: boolean;
  /** By the name that AWS's SDKs give what they send again. */
  readonly byAwsRetry: boolean;
}

/** Another process was faster: so often it is looked again. */
const looksLimit = 8;

/** What `Pipeline` is to calls, for those of which there is one for each name (STR-13). */
export class OnceCalls<Head extends AnyHead = SurfaceHead> {
  readonly #parts: OnceCallsParts<Head>;
  readonly #fingerprints = new FingerprintMemo();

  constructor(parts: OnceCallsParts<Head>) {
    this.#parts = parts;
  }

  /** Which names are taken. */
  get claims(): OnceCallsParts["claims"] {
    return this.#parts.claims;
  }

  /** What counts as the same, by the settings of now. */
  get joins(): Joins {
    const { keepMs, contentWindowMs, awsRetries } = this.#parts.claims.limits;
    const byName = keepMs > 0;
    return { byName, byContent: contentWindowMs > 0, byAwsRetry: byName && awsRetries };
  }

  /** As `Pipeline.run`, and Failure of `Claims.enter`. A call that is repeated costs nothing. */
  async run(arrival: Arrival<Head>, asked: OnceAsked): Promise<OnceCall> {
    const { stages, read } = this.#parts;
    const admitted = await stages.admit(arrival, read);
    const joining: Joining = { ...asked, fingerprint: "", hasResponse: false };
    try {
      joining.fingerprint = this.#fingerprintOf(admitted);
      return await this.#join(admitted, arrival, joining);
    } finally {
      if (!joining.hasResponse) stages.leave();
    }
  }

  #fingerprintOf({ said, body, known }: Admitted<Head>): string {
    if (known === null) return this.#fingerprints.of(said, body);
    known.fingerprint ??= fingerprintOf(said, body);
    return known.fingerprint;
  }

  async #join(
    admitted: Admitted<Head>,
    arrival: Arrival<Head>,
    joining: Joining,
  ): Promise<OnceCall> {
    const { claims, repeated } = this.#parts;
    const { call } = admitted;
    const scope = scopeOf(call, joining);
    for (let look = 1; ; look += 1) {
      const entered = await claims.enter(scope, joining.fingerprint);
      if (entered.kind === "answered") {
        const { answer, callId } = entered;
        this.#parts.stages.remember(admitted);
        repeated.record(call, { callId, isOver: answer.end !== null, source: scope.source });
        return { call, answer, isRepeated: true };
      }
      const { turn } = entered;
      let isAnswered = false;
      try {
        const answer = await this.#begin(admitted, arrival, { turn, joining });
        isAnswered = true;
        return { call, answer, isRepeated: false };
      } catch (refusal) {
        if (!isConflict(refusal) || look === looksLimit || !turn.isTaken()) throw refusal;
      } finally {
        turn.over(isAnswered);
      }
    }
  }

  /** There is room for the answer before anybody can learn that there is a call. */
  async #begin(
    admitted: Admitted<Head>,
    arrival: Arrival<Head>,
    { turn, joining }: { readonly turn: Turn; readonly joining: Joining },
  ): Promise<FoundStream> {
    const { stages, streams } = this.#parts;
    const { call } = admitted;
    const head = joining.headOf(call);
    let answer: FoundStream | null = null;
    let opened: Response | null = null;
    // Who left while others went first wants nothing any more.
    if (arrival.isGone()) throw new Failure<Code>("client_closed", codes.client_closed.meaning);
    await streams.prepare(head);
    try {
      await stages.begin(admitted, arrival, {
        besides: {
          writes: turn.take(call),
          isLost: () => turn.isTaken(),
          ended: (cause) => turn.ended(call.id, cause),
        },
        record(response) {
          joining.hasResponse = true;
          opened = response;
          answer = streams.record(response, head, call.principal.streamGraceMs).found;
        },
      });
      if (answer === null) throw new Error("A call has begun without a response");
      return answer;
    } catch (refusal) {
      streams.discard(head.id);
      failed(opened);
      throw refusal;
    }
  }
}

/** After a defect nobody else would end it, and its readers wait. */
function failed(response: Response | null): void {
  response?.fail(new Failure<Code>("internal", codes.internal.meaning), null);
}

/** One request on its way to a call. */
interface Joining extends OnceAsked {
  fingerprint: string;
  /** From here on the response counts the call out. */
  hasResponse: boolean;
}

/**
 * A client's name counts for all keys of its tenant, so that a key can be changed in between, but
 * for tokens of browsers: each of them reads what its own user asked. What requests say is the
 * same only where the same key sends it for the same user in the same session.
 */
function scopeOf(
  { principal, attribution, request: { surface } }: Call,
  { name, fingerprint }: Pick<Joining, "name" | "fingerprint">,
): ClaimScope {
  const { tenant, bound } = principal;
  if (name !== null) {
    const reader = bound === undefined ? "" : digestOf(readerOf(principal));
    return { tenant, surface, reader, source: "key", name };
  }
  const { user, session } = attribution;
  const reader = digestOf(JSON.stringify([readerOf(principal), user, session]));
  return { tenant, surface, reader, source: "content", name: fingerprint };
}
