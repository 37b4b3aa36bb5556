import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Arrival } from "./arrival.ts";
import type { Hold } from "./budget/budgets.ts";
import type { Call } from "./call.ts";
import type { LedgerRow } from "./ledger/ledger.ts";
import type { Permit } from "./limits/rates.ts";
import { Pipeline, type PipelineParts } from "./pipeline.ts";
import { Responses } from "./responses/responses.ts";

const amounts = { nanoUsd: 500, inputTokens: 50, outputTokens: 5 };
const target = { provider: "p", region: "r", upstreamModel: "m" };
const planned = { target, price: null, boundNanoUsd: 500, boundInputTokens: 1 };
const plan = { model: "alias", attempts: [planned], policy: { max: 1 }, reasons: [] };

const call = {
  choice: null,
  id: "1",
  arrivedMs: 0,
  arrivedWallMs: 0,
  deadlineMs: 1_000,
  principal: { tenant: "t", team: null, keyId: "k" },
  attribution: { user: null, session: null, agent: null },
  request: { surface: "openai.chat", forget() {}, read: { facts: { stream: true } } },
} as unknown as Call; // nothing else is read before the first attempt

/** A pipeline whose dispatch throws what nobody foresaw, and what it wrote and holds. */
function brokenPipeline() {
  const clock = new VirtualClock();
  const hold: Hold = { amounts, windows: [], asks: [], open: true };
  const permit: Permit = { grants: [], open: true };
  const rows: LedgerRow[][] = [];
  const released: string[] = [];
  const responses = new Responses(10);
  const books = {
    rates: {
      admit: () => permit,
      admitTokens() {},
      close: () => (permit.open = false),
    },
    budgets: {
      reserve: () => hold,
      settle(held: Hold, spent: { nanoUsd: number }) {
        assert.equal(spent.nanoUsd, 0);
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
    writer: { commit: () => Promise.resolve(), enqueue() {} },
    retries: { settled() {} },
    finished: { record() {} },
  };
  const attached = { [Symbol.dispose]: () => released.push("attached") };
  const admission = {
    admit() {
      responses.enter("acme");
      return Promise.resolve({ call, provider: () => assert.fail("no attempt is made") });
    },
    attach: () => Promise.resolve({ call, plan, permit: null, attached }),
  };
  const dispatch = {
    clock,
    random: new SeededRandom(1),
    health: {
      admit() {
        throw new TypeError("a bug");
      },
    },
  };
  // As much of each part as a call touches before its first attempt.
  const cached = { place: () => null };
  const fitted = { plan: (admitted: object) => ({ ...admitted, plan }) };
  const parts = {
    ...books,
    clock,
    admission,
    cached,
    fitted,
    dispatch,
    responses,
  } as unknown as PipelineParts;
  return { pipeline: new Pipeline(parts), hold, permit, rows, released, responses };
}

test("MON-7 a defect behind the intent leaves no money held and no call open", async () => {
  const { pipeline, hold, permit, rows, released, responses } = brokenPipeline();
  const arrival = { isGone: () => false } as Arrival; // nothing else is asked of it here
  await assert.rejects(pipeline.run(arrival), TypeError);
  assert.deepEqual([hold.open, permit.open, responses.running], [false, false, 0]);
  assert.deepEqual(released, ["attached"]);
  const [[row, ...others] = []] = rows;
  assert.deepEqual([rows.length, others.length], [1, 0], "one terminal row");
  assert.deepEqual([row?.outcome, row?.cause, row?.costNanoUsd], ["error", "internal", 0]);
});
