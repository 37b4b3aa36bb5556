import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { AttemptOutcome, AttemptRecord } from "../attempt.ts";
import type { Call } from "../call.ts";
import { clientRequest } from "../admission/client-request.ts";
import { boundNanoUsd, costNanoUsd } from "../cost.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { settle, settlementRows, subjectOf } from "../ledger/settlement.ts";
import { dearestOf, type PlannedAttempt } from "../plan.ts";
import { priceAt } from "../price.ts";
import { probeBody, probeMs, probeName, prober, probeTokens } from "./probe-question.ts";
import type { Provider } from "../provider.ts";
import { apiFor } from "../target-api.ts";
import type { Target } from "../target.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { validate } from "../validate/validate.ts";

export interface ProbeCallParts {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ledger: Pick<Ledger, "intent" | "terminal">;
  readonly writer: Pick<Writer, "commit" | "enqueue">;
}

/** A target, and who asks it. */
export interface Probed {
  readonly target: Target;
  readonly provider: Provider;
}

export interface ProbeAnswer {
  readonly outcome: AttemptOutcome;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/**
 * Calls of our own, to learn whether a target is well (RTE-14). They pass no key, no rate and no
 * budget, and are booked as every call is: an intent before, rows behind (MON-10, MON-14).
 */
export class ProbeCalls {
  readonly #parts: ProbeCallParts;

  constructor(parts: ProbeCallParts) {
    this.#parts = parts;
  }

  /** Ends early when the signal is aborted. Rejects when the intent cannot be kept. */
  async ask(probed: Probed, signal: AbortSignal): Promise<ProbeAnswer> {
    const { clock, ledger, writer } = this.#parts;
    const call = this.#call();
    const planned = plannedAt(probed.target, call);
    const intent = ledger.intent({
      id: call.id,
      timeMs: call.arrivedWallMs,
      subject: { ...subjectOf(call, probed.target), surface: probeName },
      reserved: dearestOf([planned]),
      priceVersion: planned.price?.version ?? null,
      accounts: [],
    });
    await writer.commit([intent], "process");
    const startedMs = clock.monotonicMs();
    const outcome = await attempted(probed.provider, { call, planned, signal });
    const endedMs = clock.monotonicMs();
    const { target, price } = planned;
    const record = { target, price, outcome, startedMs, endedMs, firstTokenMs: null };
    return {
      outcome,
      costNanoUsd: this.#book(call, planned, record),
      latencyMs: endedMs - startedMs,
    };
  }

  #book(call: Call, { boundNanoUsd: reserved }: PlannedAttempt, record: AttemptRecord): number {
    const { clock, ledger, writer } = this.#parts;
    const { price, outcome, endedMs } = record;
    const { usage } = outcome.measured;
    const reported = price === null ? 0 : costNanoUsd(usage, price);
    const settlement = settle(
      call,
      { attempts: [record], counts: record, cause: causeOf(outcome) },
      // Nobody's budget bounds it: what is reported is booked, however much it is.
      { reservedNanoUsd: Math.max(reserved, reported), endedMs, endedWallMs: clock.wallMs() },
    );
    const rows = settlementRows(settlement).map((row) => ({
      ...row,
      subject: { ...row.subject, surface: probeName },
    }));
    writer.enqueue(ledger.terminal(rows));
    return settlement.attemptCostsNanoUsd[0] ?? 0;
  }

  #call(): Call {
    const { clock, ids } = this.#parts;
    const body = probeBody();
    const arrivedMs = clock.monotonicMs();
    return {
      id: ids.newBody(),
      principal: prober,
      attribution: { user: null, session: null, agent: null },
      request: clientRequest(validate({ surface: "openai.chat" }, body), body),
      entry: { name: probeName, pools: [], policy: once, totalMs: probeMs },
      choice: null,
      lot: { turn: 0, draw: 0 },
      arrivedMs,
      arrivedWallMs: clock.wallMs(),
      isCritical: false,
      continues: false,
      // The attempt's own time-out comes first: it is held against the target.
      deadlineMs: arrivedMs + 2 * probeMs,
    };
  }
}

const once = { max: 1, backoffMs: 0, backoffMaxMs: 0 };

function plannedAt(target: Target, { request, arrivedWallMs }: Call): PlannedAttempt {
  const input = Math.min(request.inputTokensBound, target.facts.contextWindow);
  const price = priceAt(target.prices, arrivedWallMs);
  return {
    target,
    api: apiFor(target, request),
    timeouts: { firstTokenMs: probeMs, betweenTokensMs: probeMs, attemptMs: probeMs },
    defaults: { temperature: null, topP: null },
    maxTokens: probeTokens,
    boundInputTokens: input,
    boundOutputTokens: probeTokens,
    price,
    boundNanoUsd: price === null ? 0 : boundNanoUsd(input, probeTokens, price),
    quotaTokens: input + probeTokens,
    inPanic: false,
  };
}

interface Attempted {
  readonly call: Call;
  readonly planned: PlannedAttempt;
  readonly signal: AbortSignal;
}

function attempted(
  provider: Provider,
  { call, planned, signal }: Attempted,
): Promise<AttemptOutcome> {
  const { promise, resolve } = Promise.withResolvers<AttemptOutcome>();
  const log = new EventLog<CanonicalEvent>();
  try {
    const running = provider.start({ call, planned, log }, { committed() {}, over: resolve });
    const abort = (): void => running.abort("client_closed");
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    return promise.finally(() => signal.removeEventListener("abort", abort));
  } catch (error) {
    return Promise.resolve(unsent(error));
  }
}

/** Nothing left the process: it says nothing of the provider. */
const unsent = (error: unknown): AttemptOutcome => ({
  kind: "failed",
  failure: {
    // Providers throw failures of the table's codes only.
    code: error instanceof Failure ? (error.code as Code) : "internal",
    message: error instanceof Failure ? error.message : "The probe could not be sent",
    param: null,
    reach: "unsent",
    status: null,
    retryAfterMs: null,
    verdict: "final",
    credentialFault: false,
  },
  measured: { usage: noUsage, source: "none" },
});

function causeOf(outcome: AttemptOutcome): Code | null {
  switch (outcome.kind) {
    case "complete":
      return null;
    case "failed":
      return outcome.failure.code;
    case "aborted":
      return outcome.cause;
  }
}
