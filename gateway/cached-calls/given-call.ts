import type { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import type { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Answer, Completion, Served } from "../answer.ts";
import type { GivenMark, Saved } from "../cache-policy.ts";
import type { Besides } from "../calls/call-books.ts";
import type { Call } from "../call.ts";
import { givenRow } from "../ledger/given-row.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Permit, Rates } from "../limits/rates.ts";
import type { CallFinished } from "../observe/call-finished.ts";
import type { AnswerGiven } from "../observe/answer-given.ts";
import type { ArmBooks } from "../splits/arm-books.ts";
import type { Response } from "../responses/response.ts";

export interface GivenCallParts {
  readonly clock: Clock;
  readonly rates: Pick<Rates, "admit" | "close">;
  readonly ledger: Pick<Ledger, "terminal">;
  readonly arms: Pick<ArmBooks, "ended">;
  readonly writer: Pick<Writer, "commit" | "enqueue">;
  readonly finished: Pick<CallFinished, "record">;
  readonly given: AnswerGiven;
}

export interface GivenCallInput {
  /** With the mark of how it is given. */
  readonly call: Call;
  readonly mark: GivenMark;
  readonly response: Response;
  readonly permit: Permit;
  readonly besides: Besides | null;
}

const nothingSaved: Saved = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };

/**
 * A call that is given the answer of another one: it takes its place in its rates, none of a
 * budget, and has one row, which says what it has saved (STR-14).
 */
export class GivenCall implements Answer {
  readonly call: Call;
  readonly response: Response;
  readonly #parts: GivenCallParts;
  readonly #input: GivenCallInput;
  #mark: GivenMark;
  #firstTokenMs: number | null = null;
  #isOver = false;

  constructor(parts: GivenCallParts, input: GivenCallInput) {
    this.call = input.call;
    this.response = input.response;
    this.#parts = parts;
    this.#input = input;
    this.#mark = input.mark;
  }

  get log(): EventLog<CanonicalEvent> {
    return this.response.log;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** It is given another answer than the one it has waited for. */
  remark(mark: GivenMark): void {
    this.#mark = mark;
  }

  /** It is answered by a model after all: what it holds is somebody else's to give back. */
  release(): Permit {
    this.#isOver = true;
    return this.#input.permit;
  }

  /** No model was asked for it after all: it has its row, and gives back what it holds. */
  refused(failure: Failure<Code>): void {
    this.#isOver = false;
    this.fail(failure, null);
  }

  attempted(dropped: readonly string[]): void {
    this.response.attempted(dropped);
  }

  commit(served: Served): void {
    this.#firstTokenMs = this.#parts.clock.monotonicMs();
    this.response.commit(this.#own(served));
  }

  /** `completion` is that of who has paid for it. */
  complete(completion: Completion): void {
    const { costNanoUsd, usage, headers } = completion;
    const served = this.#own(completion.served);
    const inputTokens = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
    const saved = { nanoUsd: costNanoUsd ?? 0, inputTokens, outputTokens: usage.output };
    const endedMs = this.#end({ served, saved, cause: null });
    const { arrivedMs } = this.call;
    const timing = {
      firstTokenMs: Math.round((this.#firstTokenMs ?? endedMs) - arrivedMs),
      latencyMs: Math.round(endedMs - arrivedMs),
    };
    this.response.complete({ served, costNanoUsd: 0, usage, timing, headers });
  }

  fail(failure: Failure<Code>, served: Served | null): void {
    const own = served === null ? null : this.#own(served);
    this.#end({ served: own, saved: nothingSaved, cause: failure.code });
    this.response.fail(failure, own);
  }

  /** No attempt was made for it. */
  #own({ target, dropped }: Served): Served {
    const { shortened, choice } = this.call;
    return {
      ...(shortened === undefined ? {} : { leftOutMessages: shortened.messages }),
      ...(choice?.kind === "split" ? { arm: choice.alias } : {}),
      target,
      attempts: 0,
      dropped,
      cache: this.#mark,
    };
  }

  #end(end: {
    readonly served: Served | null;
    readonly saved: Saved;
    readonly cause: Code | null;
  }): number {
    const { clock, rates, ledger, arms, writer, finished, given } = this.#parts;
    const { call } = this;
    const { permit, besides } = this.#input;
    const { kind } = this.#mark;
    const { served, saved, cause } = end;
    const endedMs = clock.monotonicMs();
    if (this.#isOver) return endedMs;
    this.#isOver = true;
    if (permit.open) rates.close(permit, { isSent: true, tokens: 0 });
    const endedWallMs = clock.wallMs();
    const row = givenRow(call, {
      given: { kind, ...saved },
      served: served?.target ?? null,
      endedMs,
      endedWallMs,
      firstTokenMs: this.#firstTokenMs,
      cause,
    });
    const figures = { call, counts: null, cause, costNanoUsd: 0, endedMs, endedWallMs };
    const others = [...arms.ended(figures), ...(besides?.ended(cause) ?? [])];
    writer.enqueue([...ledger.terminal([row]), ...others]);
    given.record(call, kind, saved);
    const isError = row.outcome === "error";
    const cost = { costNanoUsd: 0, excessNanoUsd: 0 };
    queueMicrotask(() =>
      finished.record({ call, attempts: [], counts: null, cause, isError, ...cost, endedMs }),
    );
    return endedMs;
  }
}
