import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { calm } from "../behaviour.ts";
import { RuleBook } from "./rule-book.ts";
import type { Match, Scenario } from "./scenario.ts";

const call = { region: "us-east-1", dialect: "openai", model: "gpt-4", stream: true };

const bookOf = (...scenarios: Scenario[]): { book: RuleBook; clock: VirtualClock } => {
  const clock = new VirtualClock();
  const book = new RuleBook(clock, new SeededRandom(1));
  book.add(scenarios);
  return { book, clock };
};

const firesFor = (match: Match, asked: object = {}): boolean =>
  bookOf({ name: "a", match }).book.fire({ ...call, ...asked }).length === 1;

test("SIM-2 conditions on region, dialect, model and stream all have to hold", () => {
  assert.ok(firesFor({}));
  assert.ok(firesFor({ region: "us-east-1", dialect: "openai", model: "gpt-*", stream: true }));
  assert.ok(!firesFor({ region: "us-west-2" }));
  assert.ok(!firesFor({ dialect: "bedrock" }));
  assert.ok(!firesFor({ model: "gpt-3*" }));
  assert.ok(!firesFor({ stream: false }));
});

test("SIM-6 scenarios of one name are exchanged, the others stay in force", () => {
  const { book } = bookOf({ name: "drill" }, { name: "own" }, { name: "drill", match: {} });
  const names = (): string[] => book.rules.map(({ scenario }) => scenario.name);
  book.exchange("drill", [{ name: "drill", fault: "503" }]);
  assert.deepEqual(names(), ["own", "drill"]);
  book.exchange("drill", []);
  assert.deepEqual(names(), ["own"]);
});

test("SIM-2 a schedule counts from the setting of the scenario", () => {
  const { book, clock } = bookOf();
  clock.advanceBy(1_000);
  book.replace([{ name: "outage", match: { fromMs: 100, untilMs: 300 } }]);
  const fired: boolean[] = [];
  for (let ms = 0; ms <= 400; ms += 100) {
    fired.push(book.fire(call).length === 1);
    clock.advanceBy(100);
  }
  assert.deepEqual(fired, [false, true, true, false, false]);
});

test("SIM-2 flapping is on, off, on", () => {
  const { book, clock } = bookOf({ name: "flap", match: { flapMs: 5_000 } });
  const fired: boolean[] = [];
  for (let n = 0; n < 6; n++) {
    fired.push(book.fire(call).length === 1);
    clock.advanceBy(2_500);
  }
  assert.deepEqual(fired, [true, true, false, false, true, true]);
});

test("SIM-2 every third call, and at most twice", () => {
  const { book } = bookOf({ name: "third", match: { every: 3, times: 2 } });
  const fired = Array.from({ length: 12 }, () => book.fire(call).length);
  assert.deepEqual(fired, [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(
    book.rules.map(({ matched, fired: count }) => [matched, count]),
    [[12, 2]],
  );
});

test("SIM-2 a probability is kept, and the same seed draws the same", () => {
  const run = (): number[] => {
    const { book } = bookOf({ name: "some", match: { probability: 0.1 } });
    return Array.from({ length: 5_000 }, () => book.fire(call).length);
  };
  const fired = run();
  const share = fired.reduce((sum, one) => sum + one, 0) / fired.length;
  assert.ok(share > 0.085 && share < 0.115, `${share}`);
  assert.deepEqual(run(), fired);
});

test("later scenarios win, slowdown stretches what is set", () => {
  const { book } = bookOf();
  const behaviour = book.settle([
    { firstTokenMs: 100, tokensPerSecond: 50, fault: "429", retryAfter: "1" },
    { slowdown: 10, fault: "none", answerTokens: 7 },
  ]);
  assert.deepEqual(behaviour, {
    ...calm,
    firstTokenMs: 1_000,
    tokensPerSecond: 5,
    retryAfter: "1",
    answerTokens: 7,
  });
});

test("a patch that draws nothing gives one behaviour, one that draws gives many", () => {
  const { book } = bookOf();
  const fixed = { answerTokens: 64 };
  assert.equal(book.settle([fixed]), book.settle([fixed]));
  const drawn = { firstTokenMs: { uniform: [100, 200] as const } };
  const waits = Array.from({ length: 50 }, () => book.settle([drawn]).firstTokenMs);
  assert.ok(new Set(waits).size > 40);
  assert.ok(waits.every((ms) => ms >= 100 && ms < 200));
});

test("without patches the behaviour is calm", () => assert.equal(bookOf().book.settle([]), calm));
