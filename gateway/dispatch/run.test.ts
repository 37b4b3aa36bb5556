import assert from "node:assert/strict";
import { test } from "node:test";
import { complete, failed, providersOf, resting, setUp } from "./run-harness.ts";

test("RTE-6 a failure before content switches to the next target without a pause", () => {
  const { run, sent, told, last, judged } = setUp(["a", "b"]);
  run.start();
  last().over(failed());
  assert.deepEqual(providersOf(sent), ["a", "b"]);
  assert.equal(sent[1]?.atMs, 0);
  last().committed();
  last().over(complete);
  assert.deepEqual(told, ["forget", "commit b 2", "complete b 2"]);
  assert.deepEqual(judged, ["a is first", "a server", "b first token", "b success"]);
});

test("RTE-6 after content there is no other attempt", () => {
  const { run, sent, told, settled, last } = setUp(["a", "b"]);
  run.start();
  last().committed();
  last().over(failed({ code: "upstream_cut", status: null }));
  assert.deepEqual(providersOf(sent), ["a"]);
  assert.deepEqual(told, ["forget", "commit a 1", "fail upstream_cut 1"]);
  assert.equal(settled[0]?.cause, "upstream_cut");
});

test("RTE-6 each target is tried once, and at most `max` of them", () => {
  const { run, sent, told, last } = setUp(["a", "b", "c", "d"]);
  run.start();
  for (let i = 0; i < 3; i += 1) last().over(failed());
  assert.deepEqual(providersOf(sent), ["a", "b", "c"]);
  assert.deepEqual(told, ["fail upstream_error 3"]);
});

test("RTE-6 a sole target is tried again after 1 s·2^n + U(0, 1 s)", () => {
  const { clock, run, sent, told, last } = setUp(["a"]);
  run.start();
  last().over(failed());
  clock.advanceBy(1_000);
  assert.equal(sent.length, 1);
  clock.advanceBy(1_000);
  assert.equal(sent.length, 2);
  const secondAtMs = sent[1]?.atMs ?? 0;
  last().over(failed());
  clock.advanceBy(3_000);
  assert.equal(sent.length, 3);
  assert.ok((sent[2]?.atMs ?? 0) - secondAtMs >= 2_000);
  last().over(failed());
  assert.deepEqual(told, ["fail upstream_error 3"]);
});

test("RTE-8 a sole target whose circuit the failure has opened is not waited for", () => {
  const rests = { closedCircuits: [] as string[] };
  const { run, sent, last, told } = setUp(["a"], rests);
  run.start();
  rests.closedCircuits = ["a"];
  last().over(failed());
  assert.deepEqual(told, ["fail upstream_error 1"]);
  assert.equal(sent.length, 1);
});

test("RTE-8 a sole target's pause is kept, one beyond the deadline is not waited for", () => {
  const { clock, run, sent, told, last, judged } = setUp(["a"]);
  run.start();
  last().over(failed({ status: 429, retryAfterMs: 5_000, code: "upstream_rate_limited" }));
  clock.advanceBy(4_999);
  assert.equal(sent.length, 1);
  clock.advanceBy(1);
  assert.equal(sent.length, 2);
  last().over(failed({ status: 429, retryAfterMs: 120_000, code: "upstream_rate_limited" }));
  assert.deepEqual(told, ["fail upstream_rate_limited 2"]);
  assert.deepEqual(judged, [
    "a is first",
    "a throttled",
    "a cool 5000",
    "a throttled",
    "a cool 125000",
  ]);
});

test("RTE-7 a final failure is returned as it is", () => {
  const { run, sent, told, last, judged } = setUp(["a", "b"]);
  run.start();
  last().over(failed({ verdict: "final", code: "upstream_rejected", status: 400 }));
  assert.equal(sent.length, 1);
  assert.deepEqual(told, ["fail upstream_rejected 1"]);
  assert.deepEqual(judged, ["a is first", "a none"]);
});

test("RTE-7 a refused credential fails over, and a sole target is not asked again", () => {
  const { run, sent, told, last } = setUp(["a"]);
  run.start();
  last().over(failed({ verdict: "failover", code: "upstream_auth", status: 401 }));
  assert.equal(sent.length, 1);
  assert.deepEqual(told, ["fail upstream_auth 1"]);
});

test("RTE-13 an open circuit is passed over; when all are, the refusal says how long", () => {
  const some = setUp(["a", "b"], { closedCircuits: ["a"] });
  some.run.start();
  assert.deepEqual(providersOf(some.sent), ["b"]);
  const all = setUp(["a", "b"], { closedCircuits: ["a", "b"] });
  all.run.start();
  assert.deepEqual(all.told, ["fail circuit_open 0"]);
  assert.deepEqual(all.settled, [{ attempts: [], counts: null, cause: "circuit_open" }]);
});

test("STR-6 abort ends the running attempt and settles once", () => {
  const { run, told, settled } = setUp(["a", "b"]);
  run.start();
  run.abort("client_closed");
  run.abort("client_closed");
  assert.deepEqual(told, ["fail client_closed 1"]);
  assert.equal(settled.length, 1);
});

test("STR-6 abort during a pause makes no other attempt", () => {
  const { clock, run, sent, told, last } = setUp(["a"]);
  run.start();
  last().over(failed());
  run.abort("client_closed");
  clock.advanceBy(60_000);
  assert.equal(sent.length, 1);
  assert.deepEqual(told, ["fail client_closed 1"]);
  assert.equal(clock.pendingTimers, 0);
});

test("RTE-10 no attempt starts after the deadline", () => {
  const { clock, run, told } = setUp(["a"]);
  clock.advanceBy(60_000);
  run.start();
  assert.deepEqual(told, ["fail deadline_exceeded 0"]);
});

test("a provider that cannot be had is passed over, and the call is settled", () => {
  const { run, sent, told, settled, last } = setUp(["gone", "b"]);
  run.start();
  assert.deepEqual(providersOf(sent), ["b"]);
  last().over(failed({ verdict: "final", status: 400 }));
  assert.deepEqual(told, ["fail upstream_error 2"]);
  assert.equal(settled.length, 1);
});

test("RTE-6 who waits for a resting target does not go back to one that was tried", () => {
  const rests = resting("b", "cooling");
  const { clock, run, sent, last } = setUp(["a", "b"], rests);
  run.start();
  last().over(failed());
  rests.closedCircuits = [];
  clock.advanceBy(200);
  assert.deepEqual(providersOf(sent), ["a", "b"]);
});

test("RTE-13 who meets an open circuit is told at once, though it has only 200 ms to go", () => {
  const { clock, run, sent, told } = setUp(["a"], resting("a", "circuit"));
  run.start();
  assert.deepEqual(told, ["fail circuit_open 0"]);
  clock.advanceBy(200);
  assert.equal(sent.length, 0);
});

test("RTE-8 a pause of a moment is waited for", () => {
  const rests = resting("a", "cooling");
  const { clock, run, sent, told } = setUp(["a"], rests);
  run.start();
  assert.equal(sent.length, 0);
  rests.closedCircuits = [];
  clock.advanceBy(199);
  assert.equal(sent.length, 0);
  clock.advanceBy(1);
  assert.equal(sent.length, 1);
  assert.deepEqual(told, []);
});

test("RTE-13 the time that targets rest is told in whole milliseconds", () => {
  const { run, messages } = setUp(["a"], resting("a", "circuit", 27_088.466017999977));
  run.start();
  assert.match(messages.join(), /the next try may be in 27089 ms$/);
});

test("WIR-13 an attempt that could not be sent has dropped nothing", () => {
  const { run, served, last } = setUp(["a", "gone"], { dropped: { a: ["top_k"] } });
  run.start();
  last().over(failed());
  assert.deepEqual(
    served.map(({ target, dropped }) => [target.provider, dropped]),
    [["gone", []]],
  );
});

test("WIR-13 what each attempt leaves out is told when it is sent", () => {
  const { run, leftOut, last } = setUp(["a", "b"], { dropped: { a: ["top_k"], b: ["seed"] } });
  run.start();
  assert.deepEqual(leftOut, ["top_k"]);
  last().over(failed());
  assert.deepEqual(leftOut, ["top_k", "seed"]);
});

test("RTE-9 a retry without a budget is not made, and the failure is the answer", () => {
  const { run, sent, told, last, judged } = setUp(["a", "b"], { retries: () => "attempts" });
  run.start();
  last().over(failed());
  assert.deepEqual(providersOf(sent), ["a"]);
  assert.deepEqual(told, ["fail upstream_error 1"]);
  assert.deepEqual(judged, ["a is first", "a server", "b none", "b no attempts"]);
});

test("RTE-9 the budget of the region that would receive it counts: another may have one", () => {
  const retries = (provider: string) => (provider === "b" ? "spend" : null);
  const { run, sent, last } = setUp(["a", "b", "c"], { retries });
  run.start();
  last().over(failed());
  assert.deepEqual(providersOf(sent), ["a", "c"]);
});
