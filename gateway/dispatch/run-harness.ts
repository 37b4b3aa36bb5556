import assert from "node:assert/strict";
import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { CanonicalRequest } from "@sekisho/wire/canonical/request.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { ok } from "@sekisho/wire/result.ts";
import type { Answer, Served } from "../answer.ts";
import type { AttemptFailure, AttemptOutcome, CallResult } from "../attempt.ts";
import type { Call } from "../call.ts";
import type { Health, Passage, Rest, RestCause } from "../health.ts";
import type { HedgePolicy } from "../model-entry.ts";
import type { Plan } from "../plan.ts";
import { noQuotas, type Quotas } from "../quota.ts";
import type { AttemptInput, AttemptSink, Provider, ProviderPlace } from "../provider.ts";
import type { Target } from "../target.ts";
import type { MeasuredUsage } from "../usage.ts";
import type { Exhausted } from "./retry-budgets.ts";
import { Hedging } from "./hedging.ts";
import { Run, type DispatchPorts } from "./run.ts";

export const measured = { usage: noUsage, source: "none" } as const;
export const complete: AttemptOutcome = { kind: "complete", finish: "stop", measured };

export const failed = (over: Partial<AttemptFailure> = {}): AttemptOutcome => ({
  kind: "failed",
  measured,
  failure: {
    code: "upstream_error",
    message: "The provider failed",
    param: null,
    reach: "reached",
    status: 500,
    retryAfterMs: null,
    verdict: "retry",
    credentialFault: false,
    ...over,
  },
});

/** One attempt that was sent, in the hands of the test. */
export interface Sent {
  readonly provider: string;
  readonly atMs: number;
  readonly input: AttemptInput;
  readonly sink: AttemptSink;
  /** Why it was ended. */
  readonly aborted: Code[];
}

const planOf = (providers: readonly string[], over: Setting): Plan =>
  ({
    model: "alias",
    attempts: providers.map((provider) => ({
      // No more is read of it here.
      target: {
        id: provider,
        provider,
        continues: provider === "mute" ? null : provider === "b" ? "prefill" : "turn",
        quota: over.steering?.quotas !== undefined ? {} : null,
      } as Target,
      price: null,
      api: "openai.chat",
      timeouts: { firstTokenMs: 10_000 },
      maxTokens: 100,
      boundInputTokens: 1,
      boundOutputTokens: 1,
      boundNanoUsd: 0,
      quotaTokens: 7,
      inPanic: over.steering?.inPanic?.includes(provider) === true,
    })),
    policy: { max: over.max ?? 3, backoffMs: 1_000, backoffMaxMs: 10_000 },
  }) as unknown as Plan; // time-outs are the provider's business

/** What an operator has declared beyond the usual. */
interface Steered {
  readonly quotas?: Quotas;
  readonly inPanic?: readonly string[];
  readonly hedge?: { readonly policy: HedgePolicy; readonly hedging: Hedging };
  /** What is asked, of a call whose answer is continued. */
  readonly continued?: Partial<CanonicalRequest>;
  /** Its client does not stream. */
  readonly isWhole?: boolean;
  /** Of attempts that are ended. */
  readonly measured?: MeasuredUsage;
}

export interface Setting {
  readonly max?: number;
  readonly closedCircuits?: string[];
  readonly rest?: Rest;
  readonly steering?: Steered;
  readonly retries?: (provider: string, wastedNanoUsd: number) => Exhausted | null;
  /** By provider. */
  readonly dropped?: Readonly<Record<string, readonly string[]>>;
}

/** Health and retry budgets that write down what they are told. */
function judging(judged: string[], over: Setting): Pick<DispatchPorts, "health" | "retries"> {
  const passage = (name: string): Passage => ({
    firstToken: () => judged.push(`${name} first token`),
    end: (verdict) => judged.push(`${name} ${verdict}`),
  });
  const rests = (name: string): boolean => over.closedCircuits?.includes(name) === true;
  const health: Health = {
    restOf: ({ provider }) =>
      rests(provider) ? (over.rest ?? { cause: "circuit", forMs: 4_000 }) : null,
    share: () => 1,
    load: () => ({ inFlight: 0, cost: 0 }),
    firstTokenLimitMs: (_target, configuredMs) => configuredMs,
    admit: ({ provider }) => (rests(provider) ? null : passage(provider)),
    admitInPanic: ({ provider }) => passage(`${provider} in panic`),
    cool: (target, untilMs) => judged.push(`${target.provider} cool ${untilMs}`),
  };
  const retries: DispatchPorts["retries"] = {
    first: (target) => judged.push(`${target.provider} is first`),
    take: (target, wastedNanoUsd) => over.retries?.(target.provider, wastedNanoUsd) ?? null,
  };
  return { health, retries };
}

export const resting = (provider: string, cause: RestCause, forMs = 200) => ({
  closedCircuits: [provider],
  rest: { cause, forMs },
});

/** As much of a call as a run reads. */
function callOf(told: string[], { steering }: Setting): Call {
  const entry = { name: "alias", steering: { hedge: steering?.hedge?.policy ?? null } };
  const { continued, isWhole } = steering ?? {};
  const request = {
    read: { facts: { stream: isWhole !== true, choices: 1 } },
    canonical: () => ok({ messages: [], responseFormat: null, ...continued }),
    forget: () => told.push("forget"),
  };
  const call = { deadlineMs: 60_000, request, entry, continues: continued !== undefined };
  return call as unknown as Call; // see above
}

/** Ends the attempt in the turn in which it is ended, as attempts do. */
const abortOf =
  (aborted: Code[], sink: AttemptSink, { steering }: Setting) =>
  (cause: Code): void => {
    aborted.push(cause);
    sink.over({ kind: "aborted", cause, measured: steering?.measured ?? measured });
  };

export function setUp(providers: readonly string[], over: Setting = {}) {
  const clock = new VirtualClock();
  const log = new EventLog<CanonicalEvent>();
  const sent: Sent[] = [];
  const told: string[] = [];
  const leftOut: string[] = [];
  const served: Served[] = [];
  const messages: string[] = [];
  const settled: CallResult[] = [];
  const judged: string[] = [];
  const provider = ({ provider: name }: ProviderPlace): Provider => {
    if (name === "gone") throw new Failure("upstream_unavailable", "Not configured");
    return providerOf(name);
  };
  const providerOf = (name: string): Provider => ({
    name,
    start(input, sink) {
      const aborted: Code[] = [];
      sent.push({ provider: name, atMs: clock.monotonicMs(), input, sink, aborted });
      return { dropped: over.dropped?.[name] ?? [], abort: abortOf(aborted, sink, over) };
    },
  });
  const { health, retries } = judging(judged, over);
  const answer: Answer = {
    log,
    attempted: (dropped) => leftOut.push(...dropped),
    commit: ({ target, attempts }) => told.push(`commit ${target.provider} ${attempts}`),
    complete: ({ served }) => told.push(`complete ${served.target.provider} ${served.attempts}`),
    fail: ({ code, message }, last) => {
      told.push(`fail ${code} ${last?.attempts ?? 0}`);
      messages.push(message);
      if (last !== null) served.push(last);
    },
  };
  const plan = planOf(providers, over);
  const call = callOf(told, over);
  const run = new Run(
    {
      clock,
      random: new SeededRandom(1),
      health,
      quotas: over.steering?.quotas ?? noQuotas,
      retries,
      hedging: over.steering?.hedge?.hedging ?? new Hedging(),
      hedged: (alias, end) => judged.push(`${alias} hedge ${end}`),
      refusedRetry: ({ provider }, exhausted) => judged.push(`${provider} no ${exhausted}`),
      defect: (error) => assert.fail(String(error)),
    },
    {
      provider,
      call,
      plan,
      answer,
      settle: (result) => {
        settled.push(result);
        return 0;
      },
    },
  );
  const last = (): AttemptSink => {
    const attempt = sent.at(-1);
    assert.ok(attempt, "an attempt was sent");
    return attempt.sink;
  };
  return { clock, run, log, sent, told, leftOut, served, messages, settled, judged, last };
}

export const providersOf = (sent: readonly Sent[]): string[] => sent.map((each) => each.provider);
