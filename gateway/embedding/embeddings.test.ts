import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptFailure, AttemptOutcome } from "../attempt.ts";
import type { LedgerRow } from "../ledger/ledger.ts";
import { sceneOf, type Asked } from "./embeddings-harness.ts";
import type { EmbeddingOutcome } from "./embeddings.ts";
import type { Response } from "../responses/response.ts";

const none = { usage: noUsage, source: "none" } as const;

const failed = (code: Code, verdict: AttemptFailure["verdict"] = "retry"): AttemptOutcome => ({
  kind: "failed",
  measured: none,
  failure: {
    code,
    message: "The provider failed",
    param: null,
    reach: "reached",
    status: 500,
    retryAfterMs: null,
    verdict,
    credentialFault: false,
  },
});

/** What other turns of the loop do until nothing more happens of itself. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** The vectors of a part are its texts. */
function serve({ input, sink }: Asked): void {
  const { request, range } = input;
  const vectors = request.inputs
    .slice(range.start, range.end)
    .map(({ text }) => JSON.stringify([text]));
  const usage = { ...noUsage, input: vectors.length };
  sink.committed();
  input.embedded({ kind: "decoded", vectors, model: null, usage });
  sink.over({ kind: "complete", finish: "stop", measured: { usage, source: "reported" } });
}

const textsOf = (outcome: EmbeddingOutcome): unknown[] => {
  assert.equal(outcome.kind, "embedded");
  const { data } = JSON.parse(outcome.kind === "embedded" ? String(outcome.body) : "") as {
    data: { index: number; embedding: unknown[] }[];
  };
  assert.deepEqual(
    data.map(({ index }) => index),
    data.map((_, index) => index),
  );
  return data.flatMap(({ embedding }) => embedding);
};

const some = (count: number): string[] => Array.from({ length: count }, (_, n) => `text ${n}`);

describe("a call for vectors", () => {
  describe("STR-13 of a name", () => {
    const begun = async (texts: readonly string[]) => {
      const scene = sceneOf(texts, [{ model: "m", inputsPerRequest: 2 }]);
      const told: Response[] = [];
      const causes: (Code | null)[] = [];
      const ended = (cause: Code | null): [] => {
        causes.push(cause);
        return [];
      };
      const besides = { writes: [], isLost: () => false, ended };
      await scene.begin({ besides, record: (response) => void told.push(response) });
      const [response] = told;
      assert.ok(response !== undefined && told.length === 1);
      return { ...scene, response, causes, cursor: response.log.open({ published() {} }) };
    };

    test("is told to a response, whole, and counted out with its end", async () => {
      const { asked, response, causes, cursor, timesLeft, heldBytes } = await begun(some(3));
      assert.equal(timesLeft(), 0);
      assert.ok(heldBytes() > 0);
      for (const each of asked) serve(each);
      await quiet();
      assert.equal(response.state.kind, "complete");
      const body = JSON.parse(String(cursor.takeBytes())) as { data: { embedding: unknown[] }[] };
      assert.deepEqual(
        body.data.flatMap(({ embedding }) => embedding),
        some(3),
      );
      assert.ok(cursor.atEnd);
      assert.deepEqual([causes, timesLeft(), heldBytes()], [[null], 1, 0]);
    });

    test("goes on without its client, and ends with its response", async () => {
      const { asked, response, causes, leaving, timesLeft, heldBytes } = await begun(some(3));
      leaving.abort();
      await quiet();
      assert.equal(response.state.kind, "pending");
      response.cancel("client_closed");
      for (const { sink } of asked) {
        sink.over({ kind: "aborted", cause: "client_closed", measured: none });
      }
      await quiet();
      assert.equal(response.state.kind, "failed");
      assert.deepEqual([causes, timesLeft(), heldBytes()], [["client_closed"], 1, 0]);
    });

    test("fails as its parts do", async () => {
      const { asked, response, causes, timesLeft, heldBytes } = await begun(some(1));
      asked[0]?.sink.over(failed("upstream_rejected", "final"));
      await quiet();
      assert.equal(response.state.kind, "failed");
      assert.deepEqual([causes, timesLeft(), heldBytes()], [["upstream_rejected"], 1, 0]);
    });
  });

  test("is put in order again, whatever its size, its cuts and who is served first", async () => {
    const shape = fc.record({
      count: fc.integer({ min: 1, max: 60 }),
      inputsPerRequest: fc.integer({ min: 1, max: 20 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ count, inputsPerRequest, seed }) => {
        const texts = some(count);
        const { asked, embed, rows, timesLeft } = sceneOf(texts, [
          { model: "m", inputsPerRequest },
        ]);
        const random = new SeededRandom(seed);
        const embedding = embed();
        const waiting = new Set<Asked>();
        let seen = 0;
        for (;;) {
          await quiet();
          for (const each of asked.slice(seen)) waiting.add(each);
          seen = asked.length;
          assert.ok(waiting.size <= 8, "at most eight at once");
          const next = [...waiting][Math.floor(random.float() * waiting.size)];
          if (next === undefined) break;
          waiting.delete(next);
          serve(next);
        }
        assert.deepEqual(textsOf(await embedding), texts);
        const parts = Math.ceil(count / inputsPerRequest);
        assert.equal(rows.length, 1);
        assert.equal(rows[0]?.length, parts + 1);
        assert.equal(rows[0]?.at(-1)?.usage.input, count);
        assert.equal(timesLeft(), 1);
      }),
      { numRuns: 60 },
    );
  });

  test("MON-10 is intended before it is sent, and settled once", async () => {
    const { asked, embed, steps } = sceneOf(some(3), [{ model: "m", inputsPerRequest: 1 }]);
    const embedding = embed();
    await quiet();
    assert.deepEqual([steps, asked.length], [["intended"], 3]);
    for (const each of asked) serve(each);
    const outcome = await embedding;
    await quiet();
    assert.deepEqual(steps, ["intended", "settled", "told"]);
    assert.ok(outcome.kind === "embedded");
    assert.deepEqual([outcome.served.attempts, outcome.costNanoUsd], [3, 3]);
  });

  test("RTE-6 has each part tried again, at the next target or after a pause", async () => {
    const sole = sceneOf(some(2), [{ model: "m", inputsPerRequest: 1 }]);
    const embedding = sole.embed();
    await quiet();
    const [first, second] = sole.asked;
    assert.ok(first !== undefined && second !== undefined);
    first.sink.over(failed("upstream_error"));
    serve(second);
    await quiet();
    assert.equal(sole.asked.length, 2, "it waits");
    sole.clock.advanceBy(20);
    await quiet();
    const third = sole.asked[2];
    assert.ok(third !== undefined);
    serve(third);
    assert.deepEqual(textsOf(await embedding), some(2));
    assert.equal(sole.rows[0]?.length, 4);
  });

  test("ends with the part that fails for good, and ends those beside it", async () => {
    const { asked, embed, rows, timesLeft } = sceneOf(some(9), [
      { model: "m", inputsPerRequest: 1 },
    ]);
    const embedding = embed();
    await quiet();
    assert.equal(asked.length, 8);
    const [first, second] = asked;
    if (first !== undefined) serve(first);
    second?.sink.over(failed("context_length_exceeded", "final"));
    const outcome = await embedding;
    assert.ok(outcome.kind === "failed");
    assert.equal(outcome.failure.code, "context_length_exceeded");
    assert.match(outcome.failure.message, / \(input\[1\]\)$/);
    assert.equal(asked.length, 8, "nothing more is sent");
    const own = rows[0]?.at(-1);
    assert.deepEqual(
      [own?.outcome, own?.cause, own?.costNanoUsd],
      ["error", outcome.failure.code, 0],
    );
    assert.deepEqual([rows[0]?.length, timesLeft()], [9, 1]);
  });

  test("STR-6 ends with its client, also when that has left before anything was sent", async () => {
    for (const isEarly of [true, false]) {
      const { asked, embed, leaving, rows } = sceneOf(some(3), [
        { model: "m", inputsPerRequest: 1 },
      ]);
      if (isEarly) leaving.abort();
      const embedding = embed();
      await quiet();
      leaving.abort();
      const outcome = await embedding;
      assert.ok(outcome.kind === "failed");
      assert.equal(outcome.failure.code, "client_closed");
      assert.equal(asked.length, isEarly ? 0 : 3);
      assert.equal(rows[0]?.at(-1)?.outcome, "cancelled");
    }
  });

  test("RTE-10 ends at its deadline", async () => {
    const { asked, embed, clock } = sceneOf(some(1), [{ model: "m", inputsPerRequest: 1 }]);
    const embedding = embed();
    await quiet();
    clock.advanceBy(60_001);
    asked[0]?.sink.over(failed("upstream_error"));
    const outcome = await embedding;
    assert.ok(outcome.kind === "failed");
  });
});

describe("MON-10 parts that were ended while they were under way", () => {
  const costsOf = (rows: readonly LedgerRow[]): readonly (readonly [string, number, string])[] =>
    rows.map(({ outcome, costNanoUsd, usageSource }) => [outcome, costNanoUsd, usageSource]);

  /** Four parts, of which one was served, and one was known to have read two tokens. */
  async function underWay() {
    const scene = sceneOf(some(4), [{ model: "m", inputsPerRequest: 1 }]);
    const embedding = scene.embed();
    await quiet();
    const [first, second] = scene.asked;
    assert.ok(first !== undefined && second !== undefined);
    serve(first);
    await quiet();
    second.told.usage = { ...noUsage, input: 2 };
    const bound = second.input.planned.boundNanoUsd;
    assert.ok(bound >= "text 0".length, "a token for each byte");
    return { ...scene, embedding, bound };
  }

  test("cost their client the bound, or what is known of them", async () => {
    const { rows, leaving, embedding, bound } = await underWay();
    leaving.abort();
    assert.equal((await embedding).kind, "failed");
    const [attempts, own] = [rows[0]?.slice(0, -1) ?? [], rows[0]?.at(-1)];
    assert.deepEqual(costsOf(attempts), [
      ["ok", 1, "reported"],
      ["cancelled", 2, "reported"],
      ["cancelled", bound, "unknown"],
      ["cancelled", bound, "unknown"],
    ]);
    assert.deepEqual(
      [own?.outcome, own?.costNanoUsd, own?.usageSource],
      ["cancelled", 1 + 2 + 2 * bound, "unknown"],
    );
  });

  test("MON-15 cost the tenant nothing beside one that failed for good", async () => {
    const { rows, asked, embedding, bound } = await underWay();
    asked[2]?.sink.over(failed("context_length_exceeded", "final"));
    assert.equal((await embedding).kind, "failed");
    const [attempts, own] = [rows[0]?.slice(0, -1) ?? [], rows[0]?.at(-1)];
    assert.deepEqual(costsOf(attempts), [
      ["ok", 1, "reported"],
      ["error", 0, "none"],
      ["error", 2, "reported"],
      ["error", bound, "unknown"],
    ]);
    assert.deepEqual([own?.outcome, own?.costNanoUsd], ["error", 0]);
  });
});

describe("the vectors of one answer are of one model", () => {
  const two = [
    { model: "a", inputsPerRequest: 2 },
    { model: "b", inputsPerRequest: 3 },
  ];
  const modelsOf = (asked: readonly Asked[]): string =>
    asked.map(({ model, input: { range } }) => `${model}${range.start}-${range.end}`).join(" ");

  test("of the first, once that has served a part, which goes alone", async () => {
    const { asked, embed } = sceneOf(some(6), two);
    const embedding = embed();
    await quiet();
    assert.equal(modelsOf(asked), "a0-2");
    if (asked[0] !== undefined) serve(asked[0]);
    await quiet();
    assert.equal(modelsOf(asked), "a0-2 a2-4 a4-6");
    asked[1]?.sink.over(failed("upstream_error", "failover"));
    const outcome = await embedding;
    assert.equal(outcome.kind, "failed");
    assert.equal(asked.length, 3, "the other model is not asked");
  });

  test("of the second for all parts, cut as it takes them, where the first has none", async () => {
    const { asked, embed, rows } = sceneOf(some(6), two);
    const embedding = embed();
    await quiet();
    asked[0]?.sink.over(failed("upstream_error"));
    await quiet();
    assert.equal(modelsOf(asked), "a0-2 b0-3 b3-6");
    for (const each of asked.slice(1)) serve(each);
    assert.deepEqual(textsOf(await embedding), some(6));
    assert.equal(rows[0]?.length, 4);
  });

  test("of neither, where the request is at fault or no attempt is left", async () => {
    const wrong = sceneOf(some(1), two);
    const refusing = wrong.embed();
    await quiet();
    wrong.asked[0]?.sink.over(failed("upstream_rejected", "final"));
    assert.equal((await refusing).kind, "failed");
    assert.equal(modelsOf(wrong.asked), "a0-1");
    const once = sceneOf(some(1), two, 1);
    const failing = once.embed();
    await quiet();
    once.asked[0]?.sink.over(failed("upstream_error"));
    assert.equal((await failing).kind, "failed");
    assert.equal(modelsOf(once.asked), "a0-1");
  });
});

test("SEC-4 the room of an answer is held until it is given away", async () => {
  const { asked, embed, heldBytes, timesLeft } = sceneOf(some(2_000), [
    { model: "m", inputsPerRequest: 2_000 },
  ]);
  const embedding = embed();
  const beside = embed();
  await assert.rejects(
    beside,
    (error) => error instanceof Failure && error.code === "overloaded" && timesLeft() === 1,
  );
  await quiet();
  if (asked[0] !== undefined) serve(asked[0]);
  const outcome = await embedding;
  assert.ok(outcome.kind === "embedded");
  assert.ok(heldBytes() > 2_000 * 256);
  outcome.release();
  outcome.release();
  assert.equal(heldBytes(), 0);
  const failing = embed();
  await quiet();
  asked[1]?.sink.over(failed("upstream_rejected", "final"));
  assert.equal((await failing).kind, "failed");
  assert.equal(heldBytes(), 0);
});

test("a stage that refuses counts the call out, and nothing is written", async () => {
  const { embed, rows, timesLeft, steps } = sceneOf(some(1), []);
  await assert.rejects(embed(), Failure);
  assert.deepEqual([rows.length, timesLeft(), steps.length], [0, 1, 0]);
});
