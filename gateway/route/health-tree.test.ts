import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import type { CircuitChange } from "@sekisho/wire/admin/circuits.ts";
import type { HealthVerdict } from "../health.ts";
import type { Target } from "../target.ts";
import { HealthTree } from "./health-tree.ts";
import { target as makeTarget } from "./route-fixture.ts";

const at = (provider: string, model: string, over: Partial<Target> = {}): Target =>
  makeTarget(`${provider}/${over.credentialId ?? "c"}/${model}`, {
    provider,
    region: `region-of-${provider}`,
    upstreamModel: model,
    circuitName: model,
    ...over,
  });

function setUp() {
  const random = new SeededRandom(1);
  const changes: Omit<CircuitChange, "atMs">[] = [];
  const health = new HealthTree({
    makeBreaker: (policy) =>
      new WindowedBreaker({ ...policy, quietCallsPerSecond: 2, probeMs: policy.openMs }, random),
    changed: (change) => changes.push(change),
  });
  const call = (target: Target, verdict: HealthVerdict, nowMs = 0, tookMs = 0): boolean => {
    const passage = health.admit(target, 100, nowMs);
    passage?.end(verdict, nowMs + tookMs);
    return passage !== null;
  };
  const calls = (count: number, target: Target, verdict: HealthVerdict, nowMs = 0): void => {
    for (let n = 0; n < count; n++) call(target, verdict, nowMs);
  };
  return { health, changes, call, calls };
}

test("RTE-13 a target's circuit opens after its failures and leaves its neighbours alone", () => {
  const { health, calls, changes } = setUp();
  const [a, b] = [at("p", "a"), at("p", "b")];
  calls(5, a, "server");
  assert.deepEqual(health.restOf(a, 0), { cause: "circuit", forMs: 30_000 });
  assert.equal(health.restOf(b, 0), null);
  assert.equal(health.admit(a, 1, 29_999), null);
  assert.deepEqual(
    changes.map(({ id, from, to }) => [id, from, to]),
    [["p/c/a", "closed", "open"]],
  );
});

test("RTE-13 a change tells the code of the failure that opened it and when it may close", () => {
  const { health, changes } = setUp();
  const target = at("p", "a");
  for (let n = 0; n < 5; n++) health.admit(target, 1, 0)?.end("server", 0, "upstream_timeout");
  health.probed([target], true, 5_000);
  assert.deepEqual(
    changes.map(({ to, cause, recentFailures, retryInMs }) => [
      to,
      cause,
      recentFailures,
      retryInMs,
    ]),
    [
      ["open", "upstream_timeout", 5, 30_000],
      ["half_open", null, 5, null],
    ],
  );
  assert.deepEqual([changes[0]?.credential, changes[0]?.model], ["c", "a"]);
});

for (const verdict of ["throttled", "none"] as const) {
  test(`RTE-13 ${verdict} says nothing against a target`, () => {
    const { health, calls } = setUp();
    const target = at("p", "a");
    calls(50, target, verdict);
    assert.equal(health.restOf(target, 0), null);
  });
}

test("RTE-13 a 429 counts where the policy wants it", () => {
  const { health, calls } = setUp();
  const { breaker } = at("p", "a");
  const strict = at("p", "a", { breaker: { ...breaker, countThrottling: true } });
  calls(5, strict, "throttled");
  assert.equal(health.restOf(strict, 0)?.cause, "circuit");
});

test("RTE-13 what cannot be reached rests every model of the region", () => {
  const { health, calls } = setUp();
  calls(5, at("p", "a"), "network");
  assert.deepEqual(health.restOf(at("p", "b"), 0), { cause: "region", forMs: 60_000 });
  assert.equal(health.restOf(at("q", "b"), 0), null);
});

test("RTE-14 errors of one model leave the region open to others, of two they do not", () => {
  const { health, calls } = setUp();
  const lenient = { ...at("p", "a").breaker, failures: 1000 };
  const [a, b, c] = ["a", "b", "c"].map((model) => at("p", model, { breaker: lenient }));
  assert.ok(a && b && c);
  calls(50, a, "server");
  assert.equal(health.restOf(c, 0), null);
  calls(5, b, "server");
  assert.deepEqual(health.restOf(c, 0), { cause: "region", forMs: 60_000 });
});

test("RTE-14 the region's cool-down starts at 60 s and doubles, within 20 %, to 600 s", () => {
  const { health, calls, call } = setUp();
  const target = at("p", "a");
  calls(5, target, "network");
  let nowMs = 0;
  const rests: number[] = [];
  for (let n = 0; n < 6; n++) {
    const restMs = health.restOf(target, nowMs)?.forMs ?? 0;
    rests.push(restMs);
    nowMs += restMs;
    while (!call(target, "network", nowMs)) nowMs += health.restOf(target, nowMs)?.forMs ?? 1;
  }
  assert.equal(rests[0], 60_000);
  for (const [n, restMs] of rests.entries()) {
    const wholeMs = Math.min(600_000, 60_000 * 2 ** n);
    assert.ok(restMs <= 600_000 && restMs >= 0.8 * wholeMs && restMs <= 1.2 * wholeMs, `${restMs}`);
  }
});

test("RTE-7 a refused credential is quarantined for all models, the other one serves on", () => {
  const { health, call } = setUp();
  call(at("p", "a"), "credential");
  assert.deepEqual(health.restOf(at("p", "b"), 0), { cause: "credential", forMs: 60_000 });
  assert.equal(health.restOf(at("p", "a", { credentialId: "second" }), 0), null);
  assert.ok(call(at("p", "b"), "success", 60_000));
  assert.equal(health.restOf(at("p", "a"), 60_000), null);
});

test("RTE-7 a model that is denied rests alone, and not under names of clients", () => {
  const { health, calls } = setUp();
  const [a, b] = [at("p", "a"), at("p", "b")];
  const asked = at("p", "mock.*", { upstreamModel: "mock.1" });
  for (const target of [a, asked]) calls(5, target, "denied");
  assert.equal(health.restOf(a, 0)?.cause, "circuit");
  assert.deepEqual(
    [b, asked].map((target) => health.restOf(target, 0)),
    [null, null],
  );
});

test("RTE-7 without quarantine a refused credential is a failure like any", () => {
  const { health, calls } = setUp();
  const bare = at("p", "a", { credentialId: null });
  calls(5, bare, "credential");
  assert.equal(health.restOf(bare, 0)?.cause, "circuit");
});

test("RTE-3 a recovered target starts with 10 % and has its full share after 60 s", () => {
  const { health, calls, call } = setUp();
  const target = at("p", "a");
  calls(5, target, "server");
  assert.ok(call(target, "success", 30_000) && call(target, "success", 30_000));
  const shares = [30_000, 36_000, 60_000, 89_999, 90_000].map((ms) => health.share(target, ms));
  assert.deepEqual(
    shares.map((share) => Math.round(share * 100)),
    [10, 10, 50, 100, 100],
  );
});

test("RTE-3 what opens again while it starts slowly is probed like any other", () => {
  const { health, call, calls } = setUp();
  const target = at("p", "a");
  calls(5, target, "server");
  calls(2, target, "success", 30_000);
  assert.equal(health.share(target, 30_000), 0.1);
  calls(5, target, "server", 35_000);
  assert.equal(health.share(target, 35_000), 1);
  assert.ok(call(target, "success", 65_000));
  assert.equal(health.share(target, 65_000), 1, "half-open");
  calls(1, target, "success", 66_000);
  assert.equal(health.share(target, 66_000), 0.1);
});

test("RTE-13 half-open lets one probe through; others do not wait for it", () => {
  const { health, calls } = setUp();
  const target = at("p", "a");
  calls(5, target, "server");
  const probe = health.admit(target, 1, 30_000);
  assert.ok(probe !== null);
  assert.equal(health.admit(target, 1, 30_000), null);
  assert.deepEqual(health.restOf(target, 30_000), { cause: "circuit", forMs: 1_000 });
  probe.end("none", 30_001);
  assert.ok(health.admit(target, 1, 30_001) !== null);
});

test("RTE-13 a stream's first content is the verdict on what is half-open", () => {
  const { health, calls } = setUp();
  const target = at("p", "a");
  calls(5, target, "network"); // the region too
  for (const fromMs of [60_000, 60_200]) {
    const stream = health.admit(target, 1, fromMs);
    stream?.firstToken(fromMs + 100, true);
    stream?.end("success", fromMs + 60_000);
  }
  assert.deepEqual(
    health.circuits(120_200).map(({ state }) => state),
    ["closed", "closed", "closed"],
  );
});

test("RTE-13 a stream that is cut behind its content is a failure of a closed circuit", () => {
  const { health } = setUp();
  const target = at("p", "a");
  for (let n = 0; n < 5; n++) {
    const stream = health.admit(target, 1, n);
    stream?.firstToken(n, true);
    stream?.end("server", n);
  }
  assert.equal(health.restOf(target, 5)?.cause, "circuit");
});

test("RTE-13 a circuit that refuses takes no pass of those above it", () => {
  const { health, calls } = setUp();
  const target = at("p", "a");
  const other = at("p", "b");
  calls(5, other, "network"); // opens the region for 60 s, and b for 30 s
  calls(5, target, "server", 59_000); // a was not admitted: the region is open
  assert.ok(health.admit(target, 1, 60_000) !== null, "the region's probe");
  assert.equal(health.admit(other, 1, 60_000), null, "and there is no second one");
  assert.equal(health.restOf(other, 60_000)?.cause, "region");
});

test("RTE-8 a pause cools exactly its target, at most for 10 minutes", () => {
  const { health } = setUp();
  health.cool(at("p", "a"), 86_400_000, 0);
  assert.deepEqual(health.restOf(at("p", "a"), 0), { cause: "cooling", forMs: 600_000 });
  assert.equal(health.restOf(at("p", "b"), 0), null);
});

test("RTE-19 a drained region is refused until it is not drained any more", () => {
  const { health, call } = setUp();
  const target = at("p", "a");
  health.serve([target], ["region-of-p"]);
  assert.deepEqual(health.restOf(target, 0), { cause: "drained", forMs: Infinity });
  assert.equal(call(target, "success"), false);
  assert.ok(health.circuits(0).every(({ isDrained }) => isDrained));
  health.serve([target], []);
  assert.ok(call(target, "success"));
});

test("RTE-19 circuits are forced open, forced closed and reset", () => {
  const { health, calls, changes } = setUp();
  const target = at("p", "a");
  health.serve([target], []);
  assert.equal(health.command(target.id, "force-open", 0), 1);
  assert.deepEqual(health.restOf(target, 0), { cause: "forced", forMs: Infinity });
  assert.equal(health.admit(target, 1, 86_400_000), null);
  health.command(target.id, "force-close", 0);
  calls(50, target, "server");
  assert.equal(health.restOf(target, 0), null, "held closed whatever happens");
  health.command(target.id, "reset", 0);
  calls(5, target, "server");
  assert.equal(health.restOf(target, 0)?.cause, "circuit");
  health.resetAll(0);
  assert.equal(health.restOf(target, 0), null);
  assert.equal(health.share(target, 0), 1, "an administrator needs no slow start");
  assert.equal(health.command("nobody", "reset", 0), 0);
  assert.deepEqual(
    changes.map(({ to, isForced }) => [to, isForced]),
    [
      ["open", true],
      ["closed", true],
      ["open", false],
      ["closed", true],
    ],
  );
});

test("RTE-19 a circuit that is held stays so under another policy, until it is reset", () => {
  const { health } = setUp();
  const target = at("p", "a");
  health.serve([target], []);
  health.command(target.id, "force-open", 0);
  const stricter = { ...target, breaker: { ...target.breaker, failures: 3 } };
  health.serve([stricter], []);
  assert.deepEqual(health.restOf(stricter, 0), { cause: "forced", forMs: Infinity });
  health.command(target.id, "reset", 0);
  health.serve([target], []);
  assert.equal(health.restOf(target, 0), null);
});

test("RTE-14 active probes close a circuit before its time, and bad ones open it", () => {
  const { health, calls } = setUp();
  const target = at("p", "a");
  calls(5, target, "server");
  health.probed([target], true, 5_000);
  assert.equal(health.restOf(target, 5_000), null, "half-open");
  health.probed([target], true, 10_000);
  assert.equal(health.circuits(10_000).at(-1)?.state, "closed");
  for (let n = 0; n < 5; n++) health.probed([target], false, 20_000 + n);
  assert.equal(health.restOf(target, 20_010)?.cause, "circuit");
});

test("a new configuration keeps what is known and drops what is gone", () => {
  const { health, calls } = setUp();
  const [a, gone] = [at("p", "a"), at("q", "a")];
  health.serve([a, gone], []);
  calls(5, a, "server");
  const again = { ...a };
  health.serve([again], []);
  assert.equal(health.restOf(again, 0)?.cause, "circuit");
  assert.deepEqual([...new Set(health.circuits(0).map(({ provider }) => provider))], ["p"]);
  const stricter = { ...a, breaker: { ...a.breaker, failures: 3 } };
  health.serve([stricter], []);
  assert.equal(health.restOf(stricter, 0), null, "another policy, another circuit");
  assert.equal(health.circuits(0).filter(({ level }) => level === "target").length, 1);
});

test("RTE-3 the load of a target is its calls in flight, and how long the oldest waits", () => {
  const { health } = setUp();
  const target = at("p", "a");
  assert.deepEqual(health.load(target, 0), { inFlight: 0, cost: 0 });
  const [first, second] = [health.admit(target, 9, 0), health.admit(target, 10, 50)];
  assert.deepEqual(health.load(target, 100), { inFlight: 2, cost: 100 * 20 });
  first?.firstToken(100, true);
  first?.end("success", 150);
  assert.deepEqual(health.load(target, 100), { inFlight: 1, cost: 100 * 11 });
  second?.end("server", 200);
  assert.equal(health.load(target, 200).inFlight, 0);
});

test("RTE-3 who refuses at once is not quick", () => {
  const { health, call } = setUp();
  const target = at("p", "a");
  const slow = health.admit(target, 0, 0);
  slow?.firstToken(100, true);
  slow?.end("success", 100);
  for (let n = 0; n < 4; n++) call(target, "network", 100, 1);
  assert.ok(health.load(target, 101).cost > 99);
});

test("RTE-19 the circuits of a target are its region's, its credential's and its own", () => {
  const { health, calls } = setUp();
  const target = at("p", "a", { credentialId: "k" });
  calls(1, target, "credential");
  assert.deepEqual(
    health.circuitsOf(target, 0).map(({ level, id, state }) => [level, id, state]),
    [
      ["region", "p/region-of-p", "closed"],
      ["credential", "p/k", "open"],
      ["target", "p/k/a", "closed"],
    ],
  );
});

test("RTE-19 attempts under way are counted by provider and by region", () => {
  const { health } = setUp();
  const passage = health.admit(at("p", "a"), 1, 0);
  health.admit(at("p", "b"), 1, 0);
  health.admit(at("q", "a", { region: "region-of-p" }), 1, 0);
  const counts = () => ["p", "q", "region-of-p", "nowhere"].map((name) => health.inFlight(name, 0));
  assert.deepEqual(counts(), [2, 1, 3, 0]);
  passage?.end("success", 1);
  assert.deepEqual(counts(), [1, 1, 2, 0]);
});

test("RTE-10 how long whole answers take gives streams no more time for their first token", () => {
  const { health } = setUp();
  const target = at("p", "a");
  const firstAfter20s = (isStream: boolean): void => {
    for (let n = 0; n < 1_024; n++) health.admit(target, 1, 0)?.firstToken(20_000, isStream);
  };
  firstAfter20s(false);
  assert.equal(health.firstTokenLimitMs(target, 10_000), 10_000);
  firstAfter20s(true);
  assert.ok(health.firstTokenLimitMs(target, 10_000) > 19_000);
});
