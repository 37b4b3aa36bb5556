import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { AskedCall } from "@sekisho/gateway/admission/admission.ts";
import type { Served } from "@sekisho/gateway/answer.ts";
import type { CallResult } from "@sekisho/gateway/attempt.ts";
import type { Until } from "@sekisho/gateway/call.ts";
import type { Lead } from "@sekisho/gateway/cached-calls/lead.ts";
import type { Responses } from "@sekisho/gateway/responses/responses.ts";
import type { RunningCall } from "@sekisho/gateway/calls/running-call.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { entryKind, type FinishReason } from "@sekisho/wire/canonical/event.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { Dice } from "../base/dice.ts";

/** What a model was asked, and what has become of it. */
export interface UpstreamCall {
  readonly asked: string;
  readonly startedMs: number;
  /** What it has said so far. */
  text: string;
  /** Null while it runs. */
  end: FinishReason | "failed" | "aborted" | null;
  endedMs: number;
  /** Somebody wanted a new answer meanwhile: who comes now waits for that one. */
  isOvertaken: boolean;
}

const served: Served = {
  target: { provider: "p", region: "r", upstreamModel: "m" },
  attempts: 1,
  dropped: [],
};

const ends = { stop: 10, length: 2, filter: 1, failed: 4, broken: 2 };

export interface CacheUpstreamParts {
  readonly clock: VirtualClock;
  readonly dice: Dice;
  readonly responses: Responses;
  readonly isImpatient: boolean;
}

/** A model that takes its time, and may fail before or behind its first word. */
export class CacheUpstream {
  readonly calls: UpstreamCall[] = [];
  readonly #clock: VirtualClock;
  readonly #dice: Dice;
  readonly #responses: Responses;
  /** Its calls know of no other deadline than that of who has asked first. */
  readonly #isImpatient: boolean;
  #said = 0;

  constructor({ clock, dice, responses, isImpatient }: CacheUpstreamParts) {
    this.#clock = clock;
    this.#dice = dice;
    this.#responses = responses;
    this.#isImpatient = isImpatient;
  }

  /** As the pipeline sends a call that others may read with. */
  send(asked: AskedCall, lead: Lead, question: string): RunningCall {
    const { call } = asked;
    const response = lead.response ?? this.#responses.open(call.id, call.principal.tenant);
    const made = { asked: question, startedMs: this.#clock.monotonicMs(), text: "", endedMs: 0 };
    const upstream: UpstreamCall = { ...made, end: null, isOvertaken: false };
    this.calls.push(upstream);
    lead.board({ call, response }, (cause) => this.#abort(upstream, lead, cause));
    if (lead.isWanted) this.#play(upstream, lead, this.#isImpatient ? call : lead.until);
    else this.#abort(upstream, lead, "client_closed");
    return { call, response };
  }

  #play(upstream: UpstreamCall, lead: Lead, until: Until): void {
    this.#limit(upstream, lead, until);
    const end = this.#dice.weighted(ends);
    const words = end === "failed" ? 0 : this.#dice.whole(1, 5);
    const say = (left: number): void => {
      if (upstream.end !== null) return;
      if (left === 0) return this.#end(upstream, lead, end);
      const word = `${(this.#said += 1)} `;
      if (upstream.text === "") lead.answer.commit(served);
      upstream.text += word;
      lead.answer.log.appendEvent({ type: "text", text: word }, entryKind.content);
      lead.answer.log.publish();
      this.#clock.after(this.#dice.whole(1, 40), () => say(left - 1));
    };
    this.#clock.after(this.#dice.whole(1, 40), () => say(words));
  }

  #end(upstream: UpstreamCall, lead: Lead, end: keyof typeof ends): void {
    if (end === "failed" || end === "broken") {
      this.#over(upstream, "failed");
      const code: Code = this.#dice.chance(0.3) ? "content_filtered" : "upstream_unavailable";
      lead.settled(resultOf(null, code));
      return lead.answer.fail(new Failure<Code>(code, "as the model says"), null);
    }
    this.#over(upstream, end);
    lead.settled(resultOf(end, null));
    const finish = { type: "finish", reason: end, stopSequence: null } as const;
    lead.answer.log.appendEvent(finish, entryKind.terminal);
    const timing = { firstTokenMs: 1, latencyMs: 2 };
    lead.answer.complete({ served, costNanoUsd: 7, usage: noUsage, timing, headers: [] });
  }

  /** As an attempt does: what it waits for may come to be later. */
  #limit(upstream: UpstreamCall, lead: Lead, until: Until): void {
    const restMs = until.deadlineMs - this.#clock.monotonicMs();
    if (restMs <= 0) return this.#abort(upstream, lead, "deadline_exceeded");
    this.#clock.after(restMs, () => {
      if (upstream.end === null) this.#limit(upstream, lead, until);
    });
  }

  #abort(upstream: UpstreamCall, lead: Lead, cause: Code): void {
    if (upstream.end !== null) return;
    this.#over(upstream, "aborted");
    lead.settled(resultOf(null, cause));
    lead.answer.fail(new Failure<Code>(cause, "ended"), null);
  }

  #over(upstream: UpstreamCall, end: UpstreamCall["end"]): void {
    upstream.end = end;
    upstream.endedMs = this.#clock.wallMs();
  }
}

/** As much of a result as is asked of it. */
const resultOf = (finish: FinishReason | null, cause: Code | null): CallResult =>
  ({
    attempts: [],
    counts:
      finish === null ? null : { target: served.target, outcome: { kind: "complete", finish } },
    cause,
  }) as unknown as CallResult;
