import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { Admission, Admitted } from "../admission/admission.ts";
import type { Arrival } from "../arrival.ts";
import type { AttemptFailure, AttemptOutcome } from "../attempt.ts";
import type { Call } from "../call.ts";
import type { Health } from "../health.ts";
import { Rates } from "../limits/rates.ts";
import type { CountedTokens } from "../observe/tokens-counted.ts";
import { Hedging } from "../dispatch/hedging.ts";
import type { Plan } from "../plan.ts";
import type { Principal } from "../principal.ts";
import type { AttemptInput, AttemptSink, Provider, ProviderPlace } from "../provider.ts";
import { noQuotas } from "../quota.ts";
import type { ClientRequest, CountHead } from "../request.ts";
import { Responses } from "../responses/responses.ts";
import type { Target } from "../target.ts";
import { TokenCounts, type TokenCount } from "./token-counts.ts";

const none = { usage: noUsage, source: "none" } as const;

const counted = (tokens: number): AttemptOutcome => ({
  kind: "complete",
  finish: "stop",
  measured: { usage: { ...noUsage, input: tokens }, source: "reported" },
});

const failed = (over: Partial<AttemptFailure>): AttemptOutcome => ({
  kind: "failed",
  measured: none,
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

interface Sent {
  readonly provider: string;
  readonly input: AttemptInput;
  readonly sink: AttemptSink;
}

/** Counts are asked of these; a call must not be. Those named "mute…" count nothing. */
class Fleet {
  readonly sent: Sent[] = [];
  readonly #arrivals: readonly PromiseWithResolvers<void>[];

  constructor(size: number) {
    this.#arrivals = Array.from({ length: size }, () => Promise.withResolvers<void>());
  }

  readonly provider = ({ provider: name }: ProviderPlace): Provider => ({
    name,
    start: () => assert.fail("a count is no call"),
    ...(name.startsWith("mute") ? {} : { countTokens: this.#counter(name) }),
  });

  /** The n-th attempt, once it was sent. */
  async attempt(n: number): Promise<Sent> {
    await this.#arrivals[n]?.promise;
    const found = this.sent[n];
    assert.ok(found, `attempt ${n} was sent`);
    return found;
  }

  async end(n: number, outcome: AttemptOutcome): Promise<void> {
    (await this.attempt(n)).sink.over(outcome);
  }

  #counter(provider: string): NonNullable<Provider["countTokens"]> {
    return (input, sink) => {
      this.#arrivals[this.sent.push({ provider, input, sink }) - 1]?.resolve();
      return {
        dropped: [],
        abort: (cause) => sink.over({ kind: "aborted", cause, measured: none }),
      };
    };
  }
}

const principal = { keyId: "key_1", tenant: "t" } as Principal; // nothing else is read here
const asker = { principal, user: null, connection: null, model: "alias" };
const oneAtOnce = [{ scope: "key", requests: null, tokensPerMinute: 1, concurrent: 1 } as const];

const call = {
  deadlineMs: 60_000,
  arrivedMs: 0,
  request: {
    canonical: () => ({ ok: false }),
    read: { facts: { size: { textBytes: 30 } } },
  } as unknown as ClientRequest, // nothing else is read for an estimate
} as Call;

function setUp(providers: readonly string[], over: { max?: number; restMs?: number } = {}) {
  const clock = new VirtualClock();
  const responses = new Responses(10);
  const fleet = new Fleet(providers.length);
  const { sent, provider } = fleet;
  const judged: string[] = [];
  const records: CountedTokens[] = [];
  const attachedFor: string[] = [];
  const ports = { clock, random: new SeededRandom(1), quotas: noQuotas, hedging: new Hedging() };
  const asleep = (): never => assert.fail("a count wakes nobody");
  const health: Health = {
    restOf: () => (over.restMs === undefined ? null : { cause: "circuit", forMs: over.restMs }),
    share: () => 1,
    load: () => ({ inFlight: 0, cost: 0 }),
    firstTokenLimitMs: (_target, configuredMs) => configuredMs,
    admit: asleep,
    admitInPanic: asleep,
    cool: () => judged.push("cool"),
  };
  const plan = {
    model: "alias",
    attempts: providers.map((name) => ({
      target: { provider: name } as Target,
      price: null,
      timeouts: { firstTokenMs: 5_000, betweenTokensMs: 1_000, attemptMs: null },
    })),
    policy: { max: over.max ?? 3, backoffMs: 1_000, backoffMaxMs: 10_000 },
  } as unknown as Plan; // nothing else is read here
  const rates = new Rates(clock, () => oneAtOnce);
  const admission: Pick<Admission, "admit" | "plan" | "attach"> = {
    admit: () => {
      responses.enter("acme");
      const admitted = { call, provider, body: Buffer.alloc(30), known: null, asker, permit: null };
      return Promise.resolve(admitted as unknown as Admitted<never>); // its head is not read
    },
    plan: () => plan,
    attach({ permit }, planned) {
      attachedFor.push(planned.attempts.map(({ target }) => target.provider).join(" "));
      return Promise.resolve({ call, plan: planned, attached: null, asker, permit });
    },
  };
  const counts = new TokenCounts({
    clock,
    admission,
    responses,
    dispatch: {
      ...ports,
      health,
      retries: { first: () => judged.push("first"), take: () => assert.fail("counts are free") },
      hedged: asleep,
      refusedRetry: () => judged.push("refused"),
      defect: (error) => assert.fail(String(error)),
    },
    counted: { record: (count) => records.push(count) },
    rates,
  });
  const leaving = new AbortController();
  const arrival = {
    surface: "anthropic.countTokens",
    gone: () => leaving.signal,
  } as Arrival<CountHead>;
  const count = (): Promise<TokenCount> => counts.count(arrival);
  const attempt = (n: number): Promise<Sent> => fleet.attempt(n);
  const end = (n: number, outcome: AttemptOutcome): Promise<void> => fleet.end(n, outcome);
  return { responses, rates, sent, judged, records, attachedFor, leaving, count, attempt, end };
}

/** What the prompt of these calls comes to without its texts: a third of its bytes. */
const estimate = 10;

describe("MON-4 a count", () => {
  test("is the provider's, told with who served it", async () => {
    const { count, end, records, responses } = setUp(["a"]);
    const counting = count();
    await end(0, counted(42));
    const found = await counting;
    assert.ok(found.kind === "exact");
    assert.deepEqual([found.tokens, found.served.target.provider], [42, "a"]);
    assert.deepEqual(
      records.map(({ count: { kind } }) => kind),
      ["exact"],
    );
    assert.equal(responses.running, 0);
  });

  test("MON-13 holds its place in the rates until it is over, and takes no tokens", async () => {
    const { count, attempt, end, rates, responses } = setUp(["a", "b"]);
    const counting = count();
    await attempt(0);
    assert.equal(rates.open, 1);
    await assert.rejects(count(), { code: "rate_limited" });
    await end(0, counted(1_000));
    await counting;
    assert.deepEqual([rates.open, responses.running], [0, 0]);
    const again = count();
    await end(1, counted(1));
    await again;
  });

  test("is as quick as a first token, whatever a whole answer may take", async () => {
    const { count, end, sent } = setUp(["a"]);
    const counting = count();
    await end(0, counted(1));
    await counting;
    assert.equal(sent[0]?.input.planned.timeouts.attemptMs, 5_000);
  });

  test("RTE-6 goes to the next target when one fails, and to none behind a mute one", async () => {
    const { count, end, sent } = setUp(["a", "b", "mute", "c"]);
    const counting = count();
    await end(0, failed({}));
    await end(1, failed({}));
    assert.deepEqual(await counting, {
      kind: "estimated",
      tokens: estimate,
      why: "upstream_error",
    });
    assert.deepEqual(
      sent.map(({ provider }) => provider),
      ["a", "b"],
    );
  });

  test("is asked no more often than the plan allows", async () => {
    const { count, end, sent } = setUp(["a", "b", "c"], { max: 2 });
    const counting = count();
    await end(0, failed({}));
    await end(1, failed({}));
    assert.equal((await counting).kind, "estimated");
    assert.equal(sent.length, 2);
  });

  test("is an estimate at once where the first target is mute", async () => {
    const { count, sent, records, attachedFor } = setUp(["mute", "a"]);
    const found = { kind: "estimated", tokens: estimate, why: "unsupported_by_target" };
    assert.deepEqual(await count(), found);
    assert.deepEqual(attachedFor, [], "nothing is fetched for it");
    assert.deepEqual([sent.length, records.length], [0, 1]);
  });

  test("is an estimate where the provider does not count for the model", async () => {
    const { count, end, sent } = setUp(["a", "b"]);
    const counting = count();
    await end(0, failed({ code: "unsupported_by_target", verdict: "final", status: 404 }));
    assert.equal((await counting).kind, "estimated");
    assert.equal(sent.length, 1);
  });

  test("is an estimate at the deadline, and while the targets rest", async () => {
    const late = setUp(["a"]);
    const counting = late.count();
    await late.end(0, { kind: "aborted", cause: "deadline_exceeded", measured: none });
    assert.deepEqual(await counting, {
      kind: "estimated",
      tokens: estimate,
      why: "deadline_exceeded",
    });
    const resting = await setUp(["a"], { restMs: 4_000 }).count();
    assert.ok(resting.kind === "estimated");
    assert.equal(resting.why, "circuit_open");
  });

  test("is refused where the provider finds the request at fault", async () => {
    const { count, end, records, responses } = setUp(["a", "b"]);
    const counting = count();
    const refused = assert.rejects(
      counting,
      (error) => error instanceof Failure && error.code === "upstream_rejected",
    );
    await end(0, failed({ code: "upstream_rejected", verdict: "final", status: 400 }));
    await refused;
    assert.deepEqual([records.length, responses.running], [0, 0]);
  });

  test("RTE-13 says nothing of a target's health, whatever comes of it", async () => {
    for (const outcome of [
      counted(1),
      failed({}),
      failed({ status: 429, retryAfterMs: 600_000, verdict: "failover" }),
      failed({ verdict: "final", code: "unsupported_by_target" }),
    ]) {
      const { count, end, judged } = setUp(["a"], { max: 1 });
      const counting = count();
      await end(0, outcome);
      await counting;
      assert.deepEqual(judged, []);
    }
  });

  test("ends when nobody waits for it", async () => {
    for (const isEarly of [true, false]) {
      const { count, attempt, leaving, sent, responses } = setUp(["a"]);
      if (isEarly) leaving.abort();
      const refused = assert.rejects(
        count(),
        (error) => error instanceof Failure && error.code === "client_closed",
      );
      if (!isEarly) await attempt(0);
      leaving.abort();
      await refused;
      assert.deepEqual([sent.length, responses.running], [isEarly ? 0 : 1, 0]);
    }
  });
});
