import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { EmbeddingInvocation } from "@sekisho/wire/bedrock/embedding/embedding-invocation.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import type { ReadEmbedding } from "@sekisho/wire/canonical/read-embedding.ts";
import type { Admission, Admitted, CallSettings } from "../admission/admission.ts";
import type { Completion, Served } from "../answer.ts";
import type { Arrival } from "../arrival.ts";
import { CallBooks, type Besides, type CallBooksParts, type Held } from "../calls/call-books.ts";
import type { Call } from "../call.ts";
import { wastedNanoUsd } from "../dispatch/judgement.ts";
import type { DispatchPorts } from "../dispatch/run.ts";
import { EmbeddingRun, type FailedPart, type ServedPart } from "./embedding-run.ts";
import { holdAnswer, type AnswerMemory } from "./answer-memory.ts";
import { dearestOfSpaces, spacesOf, type EmbeddingSpace } from "./spaces.ts";
import { settleParts } from "../ledger/parts-settlement.ts";
import { modelBehind } from "../model-name.ts";
import type { Plan } from "../plan.ts";
import type { EmbeddingHead } from "../request.ts";
import type { Response } from "../responses/response.ts";
import type { Responses } from "../responses/responses.ts";
import type { Once } from "../calls/running-call.ts";
import { sumUsage } from "../sum-usage.ts";
import { validateEmbedding } from "../validate/validate.ts";

export interface EmbeddingsParts extends CallBooksParts {
  readonly clock: Clock;
  readonly admission: Pick<Admission, "admit" | "plan" | "remember">;
  readonly dispatch: DispatchPorts;
  readonly responses: Pick<Responses, "leave" | "open">;
  /** For the vectors of all calls under way. */
  readonly memory: AnswerMemory;
}

/** What became of a request for vectors that was let in. */
export type EmbeddingOutcome =
  | EmbeddedCall
  | {
      readonly kind: "failed";
      readonly failure: Failure<Code>;
      readonly served: Served | null;
    };

/** A request for vectors that has its answer. */
export interface EmbeddedCall extends Completion {
  readonly kind: "embedded";
  /** The provider's own bytes where the whole call was one request in its words. */
  readonly body: Buffer | string;
  readonly costNanoUsd: number;
  /** To be called when the body is no longer held: others wait for its room. */
  readonly release: () => void;
}

/** An admitted call for vectors, and what it may go to. */
interface PlannedEmbedding {
  readonly call: Call;
  readonly request: ReadEmbedding;
  readonly plan: Plan;
  readonly spaces: readonly EmbeddingSpace[];
  readonly provider: CallSettings["provider"];
  readonly release: () => void;
}

/**
 * What the pipeline is to calls that a model answers: a request for vectors passes these stages in
 * this order. One call becomes as many requests as its targets' limits ask for.
 */
export class Embeddings {
  readonly #parts: EmbeddingsParts;
  readonly #books: CallBooks;

  constructor(parts: EmbeddingsParts) {
    this.#parts = parts;
    this.#books = new CallBooks(parts);
  }

  /** Throws Failure when a stage before the first attempt refuses; nothing is held then. */
  async embed(arrival: Arrival<EmbeddingHead>): Promise<EmbeddingOutcome> {
    const admitted = await this.admit(arrival);
    try {
      const planned = this.#plan(admitted);
      const held = await this.#hold(planned, admitted);
      const run = new EmbeddingRun(this.#parts.dispatch, planned);
      const gone = arrival.gone();
      const leave = (): void => run.abort("client_closed");
      gone.addEventListener("abort", leave, { once: true });
      if (gone.aborted) leave();
      try {
        return await this.#send(planned, held, run);
      } finally {
        gone.removeEventListener("abort", leave);
      }
    } finally {
      this.leave();
    }
  }

  /** As `Pipeline.admit`: who gets the call begins it, or counts it out. */
  admit(
    arrival: Arrival<EmbeddingHead>,
    read = validateEmbedding,
  ): Promise<Admitted<EmbeddingHead>> {
    return this.#parts.admission.admit(arrival, read);
  }

  /** As `Pipeline.remember`. */
  remember(admitted: Admitted<EmbeddingHead>): void {
    this.#parts.admission.remember(admitted, validateEmbedding);
  }

  /** Counts out a call that was admitted and has no response. */
  leave(): void {
    this.#parts.responses.leave();
  }

  /**
   * The second step of a call that is the only one of its name: its vectors are told to a response,
   * which is recorded, and it goes on without its client.
   */
  async begin(admitted: Admitted, _arrival: Arrival<EmbeddingHead>, once: Once): Promise<void> {
    const planned = this.#plan(admitted);
    const held = await this.#hold(planned, admitted, once.besides);
    const run = new EmbeddingRun(this.#parts.dispatch, planned);
    const { id, principal } = planned.call;
    const response = this.#parts.responses.open(id, principal.tenant);
    response.cancelledBy((cause) => run.abort(cause));
    once.record(response);
    void this.#send(planned, held, run).then(
      (outcome) => tell(response, outcome),
      (defect: unknown) => response.fail(unforeseenBy(defect), null),
    );
  }

  #plan(admitted: Admitted): PlannedEmbedding {
    const { call, provider } = admitted;
    const request = embeddingOf(call);
    const plan = this.#parts.admission.plan(admitted);
    const spaces = spacesOf(plan, request.inputs);
    const release = holdAnswer(this.#parts.memory, request, spaces);
    return { call, request, plan, spaces, provider, release };
  }

  async #hold(planned: PlannedEmbedding, admitted: Admitted, besides?: Besides): Promise<Held> {
    const { call, plan, spaces, release } = planned;
    try {
      const reserved = this.#books.reserve(admitted, dearestOfSpaces(spaces));
      const held = besides === undefined ? reserved : { ...reserved, besides };
      await this.#books.intend(call, plan, held);
      return held;
    } catch (refusal) {
      release();
      throw refusal;
    }
  }

  /** Whatever becomes of the call, it is settled once; where it has no answer nothing is held. */
  async #send(planned: PlannedEmbedding, held: Held, run: EmbeddingRun): Promise<EmbeddingOutcome> {
    let outcome: EmbeddingOutcome | null = null;
    try {
      outcome = await this.#ask(planned, held, run);
      return outcome;
    } finally {
      if (outcome?.kind !== "embedded") planned.release();
    }
  }

  async #ask(planned: PlannedEmbedding, held: Held, run: EmbeddingRun): Promise<EmbeddingOutcome> {
    const { clock } = this.#parts;
    try {
      const served = await this.#askInTurn(run, planned);
      if (served === null) run.abort("internal"); // nothing but where no part says why
      const costNanoUsd = this.#settle(planned.call, held, run);
      if (served === null) return { kind: "failed", ...(run.failed ?? unforeseen) };
      const latencyMs = Math.round(clock.monotonicMs() - planned.call.arrivedMs);
      return answerOf(planned, { served, attempts: run.attempts.length, costNanoUsd, latencyMs });
    } catch (error) {
      run.abort("internal");
      if (held.hold.open) this.#settle(planned.call, held, run);
      throw error;
    }
  }

  /**
   * The vectors of one answer are of one model: others cannot be compared with them. Where the plan
   * knows several, the first part goes alone, and decides for the rest.
   */
  async #askInTurn(
    run: EmbeddingRun,
    { call, plan, spaces }: PlannedEmbedding,
  ): Promise<readonly ServedPart[] | null> {
    const { max } = plan.policy;
    for (const [index, space] of spaces.entries()) {
      const next = spaces[index + 1];
      if (next === undefined) return run.send(space, space.parts, max - run.attempts.length);
      const [first, ...others] = space.parts;
      if (first === undefined) return null;
      // Each target once: another model is at hand.
      const most = Math.min(max - run.attempts.length, space.attempts.length);
      const begun = await run.send(space, [first], most);
      if (begun !== null) {
        const rest = await run.send(space, others, max);
        return rest === null ? null : [...begun, ...rest];
      }
      if (run.attempts.length >= max || !this.#mayMove(run, call, next)) return null;
      run.forgive();
    }
    return null;
  }

  /** Nothing was served: may another model be asked? It takes a retry, as any other attempt. */
  #mayMove(run: EmbeddingRun, call: Call, { attempts }: EmbeddingSpace): boolean {
    const { clock, dispatch } = this.#parts;
    const nowMs = clock.monotonicMs();
    const target = attempts[0]?.target;
    const last = run.failed?.last ?? null;
    if (target === undefined || nowMs >= call.deadlineMs) return false;
    if (last === null) return resting.has(run.failed?.failure.code);
    const { outcome, price } = last.record;
    if (outcome.kind !== "failed" || outcome.failure.verdict === "final") return false;
    const failed = { price, boundNanoUsd: last.boundNanoUsd };
    const exhausted = dispatch.retries.take(target, wastedNanoUsd(failed, outcome), nowMs);
    if (exhausted !== null) dispatch.refusedRetry(target, exhausted);
    return exhausted === null;
  }

  #settle(call: Call, held: Held, { attempts, failed }: EmbeddingRun): number {
    const { clock } = this.#parts;
    const cause = failed?.failure.code ?? null;
    const settlement = settleParts(
      call,
      { attempts, cause },
      {
        reservedNanoUsd: held.hold.amounts.nanoUsd,
        endedMs: clock.monotonicMs(),
        endedWallMs: clock.wallMs(),
      },
    );
    this.#books.settle(settlement, held, settlement.spent);
    return settlement.costNanoUsd;
  }
}

/** Why no attempt was made at a model: its targets rest. */
const resting: ReadonlySet<Code | undefined> = new Set<Code>(["circuit_open", "upstream_auth"]);

const unforeseen: Pick<FailedPart, "failure" | "served"> = {
  failure: new Failure<Code>("internal", codes.internal.meaning),
  served: null,
};

/** A response that is over at once: it has one entry, the vectors as they are written. */
function tell(response: Response, outcome: EmbeddingOutcome): void {
  if (outcome.kind === "failed") return response.fail(outcome.failure, outcome.served);
  const { body, release, kind: _, ...completion } = outcome;
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.commit(completion.served);
  response.log.appendBytes(bytes, { start: 0, end: bytes.length }, entryKind.content);
  response.complete(completion);
  release();
}

const unforeseenBy = (cause: unknown): Failure<Code> =>
  new Failure<Code>("internal", codes.internal.meaning, {}, cause);

function embeddingOf({ request }: Call): ReadEmbedding {
  if (request.surface === "openai.embeddings") return request.read;
  if (request.read instanceof EmbeddingInvocation) return request.read;
  throw new TypeError(`Cannot make vectors of a request of ${request.surface}`);
}

interface Embedded {
  readonly served: readonly ServedPart[];
  /** Of all parts. */
  readonly attempts: number;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

function answerOf(
  planned: PlannedEmbedding,
  { served, attempts, costNanoUsd, latencyMs }: Embedded,
): EmbeddingOutcome {
  const [first] = served;
  if (first === undefined) return { kind: "failed", ...unforeseen };
  const dropped = [...new Set(served.flatMap((each) => each.served.dropped))];
  const shown: Served = { ...first.served, attempts, dropped };
  return {
    kind: "embedded",
    body: bodyOf(planned, served),
    served: shown,
    costNanoUsd,
    usage: sumUsage(served.map(({ embedded }) => embedded.usage)),
    timing: { firstTokenMs: latencyMs, latencyMs },
    // One answer's own: of several parts none of them says what the whole took.
    headers: served.length === 1 ? first.headers : [],
    release: planned.release,
  };
}

/** The vectors of all parts in the order of the inputs. */
function bodyOf(
  { call, request }: PlannedEmbedding,
  served: readonly ServedPart[],
): Buffer | string {
  const vectors: string[] = [];
  let model: string | null = null;
  for (const { embedded } of served) {
    if (embedded.kind === "relayed") return embedded.bytes;
    for (const vector of embedded.vectors) vectors.push(vector);
    model ??= embedded.model;
  }
  return request.encodeVectors(vectors, {
    id: call.id,
    model: model ?? madeBy(call, served),
    usage: sumUsage(served.map(({ embedded }) => embedded.usage)),
  });
}

/** Vectors are of use beside those of their own model alone: no alias stands in its place. */
function madeBy({ request }: Call, [first]: readonly ServedPart[]): string {
  const asked = request.read.facts.model;
  const made = modelBehind(first?.served.target.upstreamModel ?? asked);
  return modelBehind(asked) === made ? asked : made;
}
