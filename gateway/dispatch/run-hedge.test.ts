import assert from "node:assert/strict";
import { test } from "node:test";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptOutcome } from "../attempt.ts";
import type { HedgePolicy } from "../model-entry.ts";
import { target } from "../route/route-fixture.ts";
import { Hedging } from "./hedging.ts";
import { complete, failed, providersOf, setUp, type Setting } from "./run-harness.ts";

const policy: HedgePolicy = { requestShare: 0.05, spendShare: 0.05, paysUnanswered: true };

/** Target `a` has let wait 200 ms at most, and there is one second attempt to be had. */
function waiting(over: Partial<HedgePolicy> = {}): Hedging {
  const hedging = new Hedging();
  for (let n = 0; n < 64; n += 1) hedging.waited(target("a"), 200);
  const entry = { name: "alias", policy: { ...policy, ...over } };
  for (let n = 0; n < 20; n += 1) hedging.begun(entry);
  return hedging;
}

const hedged = (providers: readonly string[], over: Setting = {}, own: Partial<HedgePolicy> = {}) =>
  setUp(providers, {
    ...over,
    steering: { hedge: { policy: { ...policy, ...own }, hedging: waiting(own) }, ...over.steering },
  });

test("RTE-11 a first token that is late has a second attempt beside it, once", () => {
  const { clock, run, sent, judged } = hedged(["a", "b", "c"]);
  run.start();
  clock.advanceBy(199);
  assert.deepEqual(providersOf(sent), ["a"]);
  clock.advanceBy(1);
  assert.deepEqual(providersOf(sent), ["a", "b"]);
  clock.advanceBy(10_000);
  assert.deepEqual(providersOf(sent), ["a", "b"]);
  assert.deepEqual(judged, ["a is first"]);
});

test("RTE-11 who has content first ends the other, which fails nobody's health", () => {
  const { clock, run, sent, told, judged, settled } = hedged(["a", "b"]);
  run.start();
  clock.advanceBy(200);
  const [first, second] = sent;
  second?.sink.committed();
  assert.deepEqual(first?.aborted, ["hedge_lost"]);
  second?.sink.over(complete);
  assert.deepEqual(told, ["forget", "commit b 2", "complete b 2"]);
  const [result] = settled;
  assert.deepEqual(
    result?.attempts.map(({ target: { provider }, outcome: { kind } }) => [provider, kind]),
    [
      ["a", "aborted"],
      ["b", "complete"],
    ],
  );
  assert.equal(result?.counts?.target.provider, "b", "its tenant pays the winner");
  assert.deepEqual(judged, [
    "a is first",
    "b first token",
    "alias hedge won",
    "a none",
    "b success",
  ]);
});

test("RTE-11 a first attempt that is quicker after all ends the second", () => {
  const { clock, run, sent, told, settled } = hedged(["a", "b"]);
  run.start();
  clock.advanceBy(250);
  const [first, second] = sent;
  first?.sink.committed();
  assert.deepEqual(second?.aborted, ["hedge_lost"]);
  first?.sink.over(complete);
  assert.deepEqual(told, ["forget", "commit a 2", "complete a 2"]);
  assert.equal(settled[0]?.counts?.target.provider, "a");
});

test("RTE-11 a failure of the one leaves the call to the other, and then to the next", () => {
  for (const who of [0, 1]) {
    const { clock, run, sent, told } = hedged(["a", "b", "c"]);
    run.start();
    clock.advanceBy(200);
    sent[who]?.sink.over(failed());
    assert.deepEqual(providersOf(sent), ["a", "b"], "the other is under way");
    sent[1 - who]?.sink.over(failed());
    assert.deepEqual(providersOf(sent), ["a", "b", "c"]);
    sent[2]?.sink.committed();
    sent[2]?.sink.over(complete);
    assert.deepEqual(told, ["forget", "commit c 3", "complete c 3"]);
  }
});

test("RTE-11 what is refused for good ends both", () => {
  const { clock, run, sent, told, settled } = hedged(["a", "b"]);
  run.start();
  clock.advanceBy(200);
  sent[0]?.sink.over(failed({ verdict: "final", code: "upstream_rejected" }));
  assert.deepEqual(sent[1]?.aborted, ["hedge_lost"]);
  assert.deepEqual(told, ["fail upstream_rejected 2"]);
  assert.equal(settled[0]?.counts?.target.provider, "a");
});

test("STR-6 a client that leaves ends both", () => {
  const { clock, run, sent, told, settled } = hedged(["a", "b"]);
  run.start();
  clock.advanceBy(200);
  run.abort("client_closed");
  assert.deepEqual(
    sent.map(({ aborted }) => aborted),
    [["client_closed"], ["client_closed"]],
  );
  assert.deepEqual(told, ["fail client_closed 2"]);
  assert.equal(settled[0]?.attempts.length, 2);
  clock.advanceBy(60_000);
  assert.equal(sent.length, 2);
});

test("RTE-11 no second attempt for whole answers, sole targets, or one attempt at most", () => {
  const none: readonly (readonly [string, ReturnType<typeof hedged>])[] = [
    ["a whole answer", hedged(["a", "b"], { steering: { isWhole: true } })],
    ["a sole target", hedged(["a"])],
    ["one attempt at most", hedged(["a", "b"], { max: 1 })],
    ["the other rests", hedged(["a", "b"], { closedCircuits: ["b"] })],
    ["it is an unknown target", hedged(["x", "b"])],
  ];
  for (const [name, { clock, run, sent }] of none) {
    run.start();
    clock.advanceBy(9_000);
    assert.equal(sent.length, 1, name);
  }
});

test("RTE-11 a first attempt that fails early leaves no timer behind", () => {
  const { clock, run, sent } = hedged(["a", "b", "c"]);
  run.start();
  clock.advanceBy(100);
  sent[0]?.sink.over(failed());
  clock.advanceBy(9_000);
  assert.deepEqual(providersOf(sent), ["a", "b"]);
});

test("RTE-11 second attempts are at most 5 % of the streams, from nothing on", () => {
  const hedging = waiting();
  const steering = { hedge: { policy, hedging } };
  let second = 0;
  for (let n = 0; n < 100; n += 1) {
    const { clock, run, sent } = setUp(["a", "b"], { steering });
    run.start();
    clock.advanceBy(200);
    second += sent.length - 1;
    sent[0]?.sink.committed();
    sent[0]?.sink.over(complete);
  }
  // Twenty streams had begun before.
  assert.equal(second, 6);
});

test("RTE-11 second attempts cost at most 5 % of what calls cost, from nothing on", () => {
  const entry = { name: "alias", policy };
  const hedging = waiting();
  assert.equal(hedging.take(entry, 100), "no spend left");
  hedging.settled(entry, 2_000);
  assert.equal(hedging.take(entry, 101), "no spend left");
  assert.equal(hedging.take(entry, 100), null);
  hedging.spent(entry, 100, 30);
  for (let n = 0; n < 20; n += 1) hedging.begun(entry);
  assert.equal(hedging.take(entry, 71), "no spend left");
  assert.equal(hedging.take(entry, 70), null);
});

test("RTE-11 what providers bill of a call that was closed unanswered is declared", () => {
  const guess = { usage: { ...noUsage, input: 9 }, source: "estimated" } as const;
  const measuredOf = (paysUnanswered: boolean) => {
    const { clock, run, sent, settled } = hedged(
      ["a", "b"],
      { steering: { measured: guess } },
      { paysUnanswered },
    );
    run.start();
    clock.advanceBy(200);
    sent[1]?.sink.committed();
    const outcome: AttemptOutcome = complete;
    sent[1]?.sink.over(outcome);
    return settled[0]?.attempts[0]?.outcome.measured.usage.input;
  };
  assert.deepEqual([measuredOf(true), measuredOf(false)], [9, 0]);
});
