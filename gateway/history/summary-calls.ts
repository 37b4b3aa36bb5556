import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CanonicalEvent, FinishReason } from "@sekisho/wire/canonical/event.ts";
import type { Admission, Admitted, AskedCall, CallSettings } from "../admission/admission.ts";
import { sumOf } from "../amounts.ts";
import type { Answer } from "../answer.ts";
import { CallBooks, settleCall, type CallBooksParts, type Held } from "../calls/call-books.ts";
import type { Call } from "../call.ts";
import { clientRequest } from "../admission/client-request.ts";
import { Run, type DispatchPorts } from "../dispatch/run.ts";
import { estimateTokens } from "../estimate-tokens.ts";
import { endOf, summaryInstruction } from "./summary-words.ts";
import type { ModelEntry, SummaryPolicy } from "../model-entry.ts";
import type { HistorySummaries } from "../observe/history-summaries.ts";
import { dearestOf, type Plan } from "../plan.ts";
import { keptFreeTokens } from "../route/answer-cap.ts";
import type { Lots } from "../route/lots.ts";
import { validate } from "../validate/validate.ts";

export interface SummaryCallsParts extends CallBooksParts {
  readonly clock: Clock;
  readonly ids: IdSource;
  /** Without the limit on each call of a key: that is for what clients ask. */
  readonly admission: Pick<Admission, "plan">;
  readonly lots: Pick<Lots, "draw">;
  readonly dispatch: DispatchPorts;
  readonly settings: () => CallSettings;
  readonly summarised: Pick<HistorySummaries, "record">;
}

/** What is to be summarised, for which call. */
export interface AskedSummary {
  readonly asked: AskedCall;
  readonly policy: SummaryPolicy;
  readonly text: string;
  readonly gone: AbortSignal;
}

/** Null: there is none; the call that asked for it has none either where nothing was sent. */
export interface MadeSummary {
  readonly callId: string | null;
  readonly text: string | null;
}

interface PlannedSummary extends Pick<Admitted, "call" | "asker" | "permit"> {
  readonly plan: Plan;
}

/** What is said of a summary: about three quarters of a token's count of words. */
const wordsPerToken = 0.6;

/**
 * Calls of our own that summarise a conversation for the call of a client (MON-5). They are that
 * client's: its rates and budgets let them pass, and it pays them. A summary never has its own
 * history summarised.
 */
export class SummaryCalls {
  readonly #parts: SummaryCallsParts;
  readonly #books: CallBooks;

  constructor(parts: SummaryCallsParts) {
    this.#parts = parts;
    this.#books = new CallBooks(parts);
  }

  /** Refusals and failures give no text: the call that asks goes without. */
  async ask(asked: AskedSummary): Promise<MadeSummary> {
    const { entry, maxNanoUsd = null } = asked.asked.call;
    const alias = entry.name;
    // What a client lets a call cost is for its answer alone, and none of it for another call.
    if (maxNanoUsd !== null) return { callId: null, text: null };
    try {
      const planned = this.#plan(asked);
      const held = await this.#hold(planned, asked.asked);
      const text = await this.#send(planned, held, asked);
      this.#parts.summarised.record(alias, text === null ? "failed" : "made");
      return { callId: planned.call.id, text };
    } catch (refusal) {
      if (!(refusal instanceof Failure)) throw refusal;
      this.#parts.summarised.record(alias, "refused");
      return { callId: null, text: null };
    }
  }

  #plan(asked: AskedSummary): PlannedSummary {
    const { clock, ids, lots, settings, admission } = this.#parts;
    const { policy, asked: by } = asked;
    const named = settings().catalog.resolve(policy.model);
    const entry = { ...named, steering: null };
    const body = bodyOf(asked, entry);
    const { principal, attribution, isCritical, deadlineMs, id } = by.call;
    const arrivedMs = clock.monotonicMs();
    const call: Call = {
      id: ids.newBody(),
      summaryOf: id,
      principal,
      attribution,
      request: clientRequest(validate({ surface: "library" }, body), body),
      entry,
      choice: null,
      lot: lots.draw(named),
      arrivedMs,
      arrivedWallMs: clock.wallMs(),
      isCritical,
      continues: false,
      // Half of its time at most: the answer is what the client waits for.
      deadlineMs: Math.min(arrivedMs + policy.timeoutMs, (arrivedMs + deadlineMs) / 2),
    };
    const asker = { ...by.asker, model: entry.name };
    return { call, asker, permit: null, plan: admission.plan({ call, asker }) };
  }

  /** There is money for the answer as well, or none is spent on the summary. */
  async #hold(planned: PlannedSummary, by: AskedCall): Promise<Held> {
    const { call, plan } = planned;
    const amounts = dearestOf(plan.attempts);
    this.#parts.budgets.check(call, sumOf(amounts, dearestOf(by.plan.attempts)));
    const held = this.#books.reserve(planned, amounts);
    await this.#books.intend(call, plan, held);
    return held;
  }

  /** Whatever becomes of it, it is settled once. */
  async #send(
    { call, plan }: PlannedSummary,
    held: Held,
    { asked: { provider }, gone }: AskedSummary,
  ): Promise<string | null> {
    const { dispatch, clock } = this.#parts;
    const answer = new SummaryAnswer();
    const run = new Run(dispatch, {
      call,
      plan,
      answer,
      provider,
      settle: (result) => settleCall(this.#books, clock, { call, held, result }),
    });
    const leave = (): void => run.abort("client_closed");
    gone.addEventListener("abort", leave, { once: true });
    try {
      if (gone.aborted) leave();
      else run.start();
      return await answer.over;
    } finally {
      gone.removeEventListener("abort", leave);
    }
  }
}

/** As much of the newest as the smallest of its windows has room for, by estimate. */
function bodyOf({ policy, text }: AskedSummary, { pools }: ModelEntry): Buffer {
  const windows = pools.flatMap(({ targets }) => targets.map(({ facts }) => facts.contextWindow));
  const instruction = summaryInstruction(
    Math.max(20, Math.floor(policy.maxTokens * wordsPerToken)),
  );
  const taken = policy.maxTokens + keptFreeTokens + estimateTokens(instruction);
  const room = Math.max(1, Math.min(...windows) - taken);
  const share = Math.min(1, room / estimateTokens(text));
  const body = {
    model: policy.model,
    system: instruction,
    messages: [{ role: "user", content: endOf(text, Math.floor(text.length * share)) }],
    maxTokens: policy.maxTokens,
  };
  return Buffer.from(JSON.stringify(body));
}

/** What ends a text of use: one that was too long says most of what it had to. */
const usable: ReadonlySet<FinishReason> = new Set<FinishReason>(["stop", "length"]);

/** Takes the place of a response: nobody reads a summary but the call that it is for. */
class SummaryAnswer implements Answer {
  readonly log = new EventLog<CanonicalEvent>();
  readonly #cursor = this.log.open({ published() {} });
  readonly #over = Promise.withResolvers<string | null>();

  get over(): Promise<string | null> {
    return this.#over.promise;
  }

  attempted(): void {}

  commit(): void {}

  complete(): void {
    let text = "";
    let isUsable = false;
    for (let event = this.#cursor.takeEvent(); event; event = this.#cursor.takeEvent()) {
      if (event.type === "text") text += event.text;
      if (event.type === "finish") isUsable = usable.has(event.reason);
    }
    this.#over.resolve(isUsable && text.trim() !== "" ? text.trim() : null);
  }

  fail(): void {
    this.#over.resolve(null);
  }
}
