import assert from "node:assert/strict";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { BodyMemory } from "@sekisho/lib/http/exchange/body-memory.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage, type Usage } from "@sekisho/wire/canonical/usage.ts";
import { readEmbeddingRequest } from "@sekisho/wire/openai/embedding/embedding-request.ts";
import type { Admitted } from "../admission/admission.ts";
import type { Arrival } from "../arrival.ts";
import type { Hold } from "../budget/budgets.ts";
import type { CallBooksParts } from "../calls/call-books.ts";
import type { Call } from "../call.ts";
import { Hedging } from "../dispatch/hedging.ts";
import type { DispatchPorts } from "../dispatch/run.ts";
import { Embeddings, type EmbeddingOutcome } from "./embeddings.ts";
import type { Health } from "../health.ts";
import type { LedgerRow } from "../ledger/ledger.ts";
import type { Permit, RateUse } from "../limits/rates.ts";
import type { Plan } from "../plan.ts";
import type { Price } from "../price.ts";
import type { AttemptSink, EmbedInput, Provider, ProviderPlace } from "../provider.ts";
import { noQuotas } from "../quota.ts";
import type { EmbeddingHead } from "../request.ts";
import { Response } from "../responses/response.ts";
import type { Once } from "../calls/running-call.ts";
import type { Target } from "../target.ts";

/** A request for vectors that was sent to a provider. */
export interface Asked {
  readonly model: string;
  readonly input: EmbedInput;
  readonly sink: AttemptSink;
  /** What is known of it when it is ended; null: nothing. */
  readonly told: { usage: Usage | null };
}

/** A model that makes vectors, alone at a provider of its name. */
export interface Place {
  readonly model: string;
  readonly inputsPerRequest: number;
}

/** A call for vectors under way, and what the world sees of it. */
export interface EmbeddingScene {
  readonly clock: VirtualClock;
  /** In the order in which they were sent. */
  readonly asked: readonly Asked[];
  /** The terminal rows of each call. */
  readonly rows: readonly LedgerRow[][];
  /** What was written into the books, in order. */
  readonly steps: readonly string[];
  readonly leaving: AbortController;
  readonly embed: () => Promise<EmbeddingOutcome>;
  /** The same for a call that is the only one of its name. */
  readonly begin: (once: Once) => Promise<void>;
  /** How often a call was counted out. */
  readonly timesLeft: () => number;
  /** Of the answers that nobody has been given yet. */
  readonly heldBytes: () => number;
}

/** Room for the vectors of a few calls. */
const memoryBytes = 1_048_576;

/** A token costs 1 nano-USD. */
const price: Price = {
  version: "p",
  input: 1_000_000,
  output: 0,
  cacheRead: 1_000_000,
  cacheWrite5m: 1_000_000,
  cacheWrite1h: 1_000_000,
  bands: [],
  origin: { from: null, until: null, source: "a test", confidence: null },
};

const timeouts = { firstTokenMs: 1_000, betweenTokensMs: 1_000, attemptMs: null };

const targetOf = ({ model, inputsPerRequest }: Place): Target =>
  ({
    provider: model,
    region: "r",
    upstreamModel: model,
    embedding: {
      isGuess: false,
      dimensions: 1,
      lengths: "any",
      inputsPerRequest,
      tokensPerRequest: Infinity,
      windowTokens: 100,
      takesTokens: true,
    },
  }) as Target; // nothing else is read here

const wellHealth: Health = {
  restOf: () => null,
  share: () => 1,
  load: () => ({ inFlight: 0, cost: 0 }),
  firstTokenLimitMs: (_target, configuredMs) => configuredMs,
  admit: () => ({ firstToken() {}, end() {} }),
  admitInPanic: () => null,
  cool() {},
};

function callOf(texts: readonly string[]): Call {
  const read = readEmbeddingRequest(Buffer.from(JSON.stringify({ model: "alias", input: texts })));
  assert.ok(read.ok);
  return {
    id: "1",
    deadlineMs: 60_000,
    arrivedMs: 0,
    arrivedWallMs: 0,
    principal: { tenant: "t", team: null, keyId: "k" },
    attribution: { user: null, session: null, agent: null },
    choice: null,
    request: { surface: "openai.embeddings", read: read.value, forget() {} },
  } as unknown as Call; // nothing else is read here
}

/** Throws as a plan does that finds no target. */
function planOf(places: readonly Place[], max: number): Plan {
  if (places.length === 0) {
    throw new Failure<Code>("unsupported_by_target", "No target makes vectors");
  }
  return {
    model: "alias",
    attempts: places.map((place) => ({ target: targetOf(place), price, timeouts })),
    policy: { max, backoffMs: 10, backoffMaxMs: 10 },
    reasons: [],
  } as unknown as Plan; // nothing else is read here
}

const providersOf =
  (asked: Asked[]) =>
  ({ provider: model }: ProviderPlace): Provider => ({
    name: model,
    start: () => assert.fail("vectors are no answer"),
    embed(input, sink) {
      const told: Asked["told"] = { usage: null };
      asked.push({ model, input, sink, told });
      return {
        dropped: [],
        abort(cause) {
          const source = told.usage === null ? "unknown" : "reported";
          const measured = { usage: told.usage ?? noUsage, source } as const;
          sink.over({ kind: "aborted", cause, measured });
        },
      };
    },
  });

function booksOf(rows: LedgerRow[][], steps: string[]): CallBooksParts {
  const amounts = { nanoUsd: 1_000_000, inputTokens: 1_000_000, outputTokens: 0 };
  const hold: Hold = { amounts, windows: [], asks: [], open: true };
  return {
    rates: {
      admit: () => ({ grants: [], open: true }),
      close(permit: Permit, { isSent }: RateUse) {
        assert.ok(permit.open);
        permit.open = false;
        if (!isSent) steps.push("refunded");
      },
    },
    budgets: {
      reserve: () => hold,
      settle(held: Hold) {
        steps.push("settled");
        held.open = false;
        return [];
      },
    },
    ledger: {
      intent: () => ({ sql: "intent", params: [] }),
      terminal(written: LedgerRow[]) {
        rows.push(written);
        return [];
      },
    },
    writer: {
      commit() {
        steps.push("intended");
        return Promise.resolve();
      },
      enqueue() {},
    },
    retries: { settled() {} },
    arms: { ended: () => [] },
    finished: { record: () => steps.push("told") },
  } as unknown as CallBooksParts; // as much as a call's books touch
}

const dispatchOf = (clock: VirtualClock): DispatchPorts => ({
  clock,
  random: new SeededRandom(1),
  health: wellHealth,
  quotas: noQuotas,
  retries: { first() {}, take: () => null },
  hedging: new Hedging(),
  hedged: () => assert.fail("vectors have no first token"),
  refusedRetry: () => assert.fail("retries have no limit here"),
  defect: (error) => assert.fail(String(error)),
});

/** A call for the vectors of these texts, whose plan has these places. */
export function sceneOf(
  texts: readonly string[],
  places: readonly Place[],
  max = 3,
): EmbeddingScene {
  const clock = new VirtualClock();
  const asked: Asked[] = [];
  const rows: LedgerRow[][] = [];
  const steps: string[] = [];
  let left = 0;
  const call = callOf(texts);
  const { principal } = call;
  const asker = { principal, user: null, connection: null, model: "m" };
  const admitted = {
    call,
    provider: providersOf(asked),
    body: Buffer.from("{}"),
    said: { surface: "openai.embeddings" },
    known: null,
    asker,
    permit: null,
  };
  const memory = new BodyMemory(memoryBytes);
  const embeddings = new Embeddings({
    ...booksOf(rows, steps),
    clock,
    admission: {
      // Whatever the surface is, these are vectors of it.
      admit: () => Promise.resolve(admitted as Admitted<never>),
      plan: () => planOf(places, max),
      remember() {},
    },
    responses: { leave: () => (left += 1), open: (id) => new Response(id, () => (left += 1)) },
    dispatch: dispatchOf(clock),
    memory,
  });
  const leaving = new AbortController();
  const arrival = { gone: () => leaving.signal } as Arrival<EmbeddingHead>;
  const embed = (): Promise<EmbeddingOutcome> => embeddings.embed(arrival);
  const begin = async (once: Once): Promise<void> =>
    embeddings.begin(await embeddings.admit(arrival), arrival, once);
  return {
    clock,
    asked,
    rows,
    steps,
    leaving,
    embed,
    begin,
    timesLeft: () => left,
    heldBytes: () => memory.usedBytes,
  };
}
