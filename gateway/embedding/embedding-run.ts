import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { ReadEmbedding } from "@sekisho/wire/canonical/read-embedding.ts";
import type { CallSettings } from "../admission/admission.ts";
import type { Answer, Completion, Served } from "../answer.ts";
import type { CallResult } from "../attempt.ts";
import type { Call } from "../call.ts";
import { Run, type DispatchPorts } from "../dispatch/run.ts";
import { attemptFor, type EmbeddingPart, type EmbeddingSpace } from "./spaces.ts";
import type { PartAttempt } from "../ledger/parts-settlement.ts";
import type { Plan } from "../plan.ts";
import type { EmbeddedPart, Provider } from "../provider.ts";

/** Requests of one call that are under way at once. */
const width = 8;

/** What a provider says of inputs, and not of the call. */
const ofInputs: ReadonlySet<Code> = new Set<Code>([
  "context_length_exceeded",
  "content_filtered",
  "upstream_rejected",
]);

/** A part that was not served, and why. */
export interface FailedPart {
  readonly failure: Failure<Code>;
  /** Where it was asked last, null when nowhere. */
  readonly served: Served | null;
  /** That attempt, null when none was made. */
  readonly last: PartAttempt | null;
}

/** A part that was served. */
export interface ServedPart extends Pick<Completion, "served" | "timing" | "headers"> {
  readonly embedded: EmbeddedPart;
}

export interface EmbeddingRunInput {
  readonly call: Call;
  readonly request: ReadEmbedding;
  readonly plan: Plan;
  readonly provider: CallSettings["provider"];
}

/** Where a part may be asked, and how often. */
interface Ways extends Pick<EmbeddingSpace, "attempts"> {
  readonly max: number;
}

/** Sends the parts of one call to their providers, some of them side by side. */
export class EmbeddingRun {
  readonly #ports: DispatchPorts;
  readonly #input: EmbeddingRunInput;
  readonly #running = new Set<Run>();
  readonly #attempts: PartAttempt[] = [];
  #failed: FailedPart | null = null;

  constructor(ports: DispatchPorts, input: EmbeddingRunInput) {
    this.#ports = ports;
    this.#input = input;
  }

  /** The part that failed; null while none has. */
  get failed(): FailedPart | null {
    return this.#failed;
  }

  /** In the order of their start, of the parts that are over. */
  get attempts(): readonly PartAttempt[] {
    return this.#attempts.toSorted((a, b) => a.record.startedMs - b.record.startedMs);
  }

  /** The call goes on with another model: that one part has failed is behind it. */
  forgive(): void {
    this.#failed = null;
  }

  /**
   * Asks for these parts, the next one when one of those under way is over, each at most `max`
   * times. Null as soon as one of them has failed: those beside it are ended.
   */
  async send(
    space: EmbeddingSpace,
    parts: readonly EmbeddingPart[],
    max: number,
  ): Promise<readonly ServedPart[] | null> {
    const ways = { ...space, max };
    const served: ServedPart[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < parts.length && this.#failed === null) {
        const at = next;
        next += 1;
        const part = parts[at];
        const found = part === undefined ? null : await this.#ask(ways, part);
        if (found !== null) served[at] = found;
      }
    };
    await Promise.all(Array.from({ length: Math.min(width, parts.length) }, work));
    return this.#failed === null ? served : null;
  }

  /** Ends what is under way; nothing more is sent. */
  abort(cause: Code): void {
    const message = "The call was ended before it was answered";
    this.#failed ??= { failure: new Failure<Code>(cause, message), served: null, last: null };
    for (const run of this.#running) run.abort(cause);
  }

  async #ask(ways: Ways, part: EmbeddingPart): Promise<ServedPart | null> {
    const { call, plan, provider } = this.#input;
    const answer = new PartAnswer();
    const attempts = ways.attempts.map((planned) => attemptFor(planned, part));
    const run = new Run(this.#ports, {
      call,
      plan: { ...plan, attempts, policy: { ...plan.policy, max: ways.max } },
      answer,
      provider: (place) => this.#embedderOf(provider(place), part, answer),
      settle: (result) => answer.settled(this.#record(result, attempts)),
    });
    this.#running.add(run);
    run.start();
    const end = await answer.over;
    this.#running.delete(run);
    if (!("failure" in end)) return end;
    if (this.#failed === null) {
      this.#failed = { ...end, failure: this.#placed(end.failure, part) };
      this.abort(end.failure.code);
    }
    return null;
  }

  /** Which of many inputs a provider has refused, as far as the part of the call tells. */
  #placed(failure: Failure<Code>, { range: { start, end } }: EmbeddingPart): Failure<Code> {
    const isWhole = end - start === this.#input.request.inputs.length;
    if (isWhole || !ofInputs.has(failure.code)) return failure;
    const { inputMember: name } = this.#input.request;
    const param = end - start === 1 ? `${name}[${start}]` : `${name}[${start}..${end - 1}]`;
    const { code, message, details, cause } = failure;
    return new Failure<Code>(code, `${message} (${param})`, { ...details, param }, cause);
  }

  /** The last attempt of a part that is over. */
  #record({ attempts }: CallResult, planned: Plan["attempts"]): PartAttempt | null {
    const made = attempts.map((record): PartAttempt => {
      const asked = planned.find(({ target }) => target === record.target);
      const { boundNanoUsd = 0, boundInputTokens = 0 } = asked ?? {};
      return { record, boundNanoUsd, boundInputTokens };
    });
    this.#attempts.push(...made);
    return made.at(-1) ?? null;
  }

  /** Asks for vectors where a run asks for an answer. */
  #embedderOf(provider: Provider, { range }: EmbeddingPart, answer: PartAnswer): Provider {
    const { request } = this.#input;
    return {
      name: provider.name,
      start(input, sink) {
        if (provider.embed === undefined) {
          throw new Failure<Code>("unsupported_by_target", "The provider makes no vectors");
        }
        const embedded = (part: EmbeddedPart): void => answer.take(part);
        return provider.embed({ ...input, request, range, embedded }, sink);
      },
    };
  }
}

/** Takes the place of a response: vectors are no text that a reader could follow. */
class PartAnswer implements Answer {
  readonly log = new EventLog<CanonicalEvent>();
  readonly #over = Promise.withResolvers<ServedPart | FailedPart>();
  #embedded: EmbeddedPart | null = null;
  #last: PartAttempt | null = null;

  get over(): Promise<ServedPart | FailedPart> {
    return this.#over.promise;
  }

  take(part: EmbeddedPart): void {
    this.#embedded = part;
  }

  /** What a part cost is told with the call's other parts. */
  settled(last: PartAttempt | null): null {
    this.#last = last;
    return null;
  }

  attempted(): void {}

  commit(): void {}

  complete({ served, timing, headers }: Completion): void {
    const embedded = this.#embedded;
    if (embedded !== null) return this.#over.resolve({ embedded, served, timing, headers });
    const failure = new Failure<Code>("internal", "An attempt was complete without vectors");
    this.fail(failure, served);
  }

  fail(failure: Failure<Code>, served: Served | null): void {
    this.#over.resolve({ failure, served, last: this.#last });
  }
}
