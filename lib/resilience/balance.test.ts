import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { SeededRandom } from "../random/seeded-random.ts";
import { order, type BalanceKind, type Candidate } from "./balance.ts";

const one = (facts: Partial<Candidate> = {}): Candidate => ({
  weight: 1,
  share: 1,
  inFlight: 0,
  cost: 0,
  price: 0,
  ...facts,
});

const weights = (...each: readonly number[]): Candidate[] => each.map((weight) => one({ weight }));

const kinds: readonly BalanceKind[] = [
  "round-robin",
  "weighted",
  "failover",
  "p2c",
  "least-busy",
  "cheapest",
];

/** The orders of turns from `from` on, each as its indexes in a row. */
const orders = (kind: BalanceKind, candidates: readonly Candidate[], turns: number): string[] =>
  Array.from({ length: turns }, (_, turn) => order(kind, candidates, { turn, draw: 0 }).join(""));

interface Run {
  readonly from: number;
  readonly turns: number;
  /** Whose calls are counted: 0 the chosen one's, 1 those of the first to fall back to. */
  readonly place?: number;
  readonly when?: (ordered: readonly number[]) => boolean;
}

/** How many calls each candidate got. */
const counts = (
  kind: BalanceKind,
  candidates: readonly Candidate[],
  { from, turns, place = 0, when = () => true }: Run,
): number[] => {
  const counted = candidates.map(() => 0);
  const random = new SeededRandom(from);
  for (let turn = from; turn < from + turns; turn++) {
    const ordered = order(kind, candidates, { turn, draw: random.uint32() });
    const index = ordered[place] ?? -1;
    if (when(ordered)) counted[index] = (counted[index] ?? 0) + 1;
  }
  return counted;
};

const tables: readonly (readonly [
  kind: BalanceKind,
  what: string,
  candidates: readonly Candidate[],
  expected: readonly string[],
])[] = [
  [
    "round-robin",
    "goes by index, whatever the weights; each round falls back to another",
    weights(9, 1, 0),
    ["012", "120", "201", "021", "102", "210", "012"],
  ],
  ["failover", "keeps the order given", weights(1, 9, 5), ["012", "012", "012"]],
  ["weighted", "takes 1 in turn with 1", weights(1, 1), ["10", "01", "10", "01"]],
  ["weighted", "spreads 2 among 3", weights(2, 1), ["10", "01", "01", "10", "01", "01"]],
  ["weighted", "spreads 3, 2 and 1", weights(3, 2, 1), ["210", "021", "120", "012", "102", "012"]],
  ["weighted", "leaves weight 0 for the end", weights(0, 1, 0, 1), ["3102", "1302"]],
  ["weighted", "without any weight goes by index", weights(0, 0), ["01", "10"]],
  [
    "least-busy",
    "takes the fewest in flight for its weight",
    [one({ inFlight: 2 }), one({ inFlight: 3, weight: 3 }), one({ inFlight: 0, weight: 0 })],
    ["102", "102", "102"],
  ],
  [
    "least-busy",
    "takes equal ones in turn",
    [one(), one({ inFlight: 1 }), one(), one({ inFlight: 1 })],
    ["0213", "2013", "2031", "0231"],
  ],
  [
    "cheapest",
    "takes the least price, equal ones in turn",
    [one({ price: 5 }), one({ price: 2 }), one({ price: 2 })],
    ["120", "120", "210"],
  ],
];

for (const [kind, what, candidates, expected] of tables) {
  test(`RTE-3 ${kind} ${what}`, () => {
    assert.deepEqual(orders(kind, candidates, expected.length), expected);
  });
}

test("RTE-3 p2c takes the cheaper of two that are drawn, then the others by cost", () => {
  const candidates = [3, 1, 2, 4].map((cost) => one({ cost }));
  const drawn = (pair: number): string =>
    order("p2c", candidates, { turn: 0, draw: Math.ceil((pair * 2 ** 32) / 12) }).join("");
  const all = Array.from({ length: 12 }, (_, pair) => drawn(pair));
  assert.deepEqual(all.slice(0, 6), ["1203", "2103", "0123", "1203", "1203", "1203"]);
  assert.deepEqual(all.slice(6), ["2103", "2103", "1203", "0123", "1203", "2103"]);
});

test("RTE-3 p2c draws each pair alike: the dearest gets nothing, equal ones the same", () => {
  const dearest = counts("p2c", [one({ cost: 2 }), one(), one()], { from: 0, turns: 9_000 });
  assert.equal(dearest[0], 0);
  const equal = counts("p2c", weights(1, 1, 1, 1), { from: 0, turns: 10_000 });
  for (const count of equal) assert.ok(Math.abs(count - 2_500) < 150, equal.join());
});

const wholeWeights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
const anyTurn = fc.nat(2 ** 32);

test("RTE-3 weighted shares of any 1,000 turns are within 2 calls", () => {
  const property = fc.property(wholeWeights, anyTurn, (each, from) => {
    const sum = each.reduce((total, weight) => total + weight);
    const counted = counts("weighted", weights(...each), { from, turns: 1_000 });
    for (const [index, count] of counted.entries()) {
      const due = (1_000 * (each[index] ?? 0)) / sum;
      assert.ok(Math.abs(count - due) <= 2, `${count} instead of ${due}`);
    }
  });
  fc.assert(property, { numRuns: 200 });
});

const uneven = [
  [1, 1, 1, 1, 1, 1, 1, 1],
  [2, 233, 7, 6, 6, 1, 1, 335],
  [1, 1, 31, 1, 6, 143, 645, 2],
  [406, 51, 122, 12, 3, 649, 3],
];

for (const each of uneven) {
  test(`RTE-3 no run of turns is 3 calls off for the weights ${each.join()}`, () => {
    const sum = each.reduce((total, weight) => total + weight);
    const off = each.map(() => ({ now: 0, least: 0, most: 0 }));
    for (let turn = 0; turn < 2_000; turn++) {
      const [chosen] = order("weighted", weights(...each), { turn, draw: 0 });
      for (const [index, one] of off.entries()) {
        one.now += (index === chosen ? 1 : 0) - (each[index] ?? 0) / sum;
        one.least = Math.min(one.least, one.now);
        one.most = Math.max(one.most, one.now);
      }
    }
    for (const { least, most } of off) assert.ok(most - least < 3, `${most - least}`);
  });
}

test("RTE-3 weighted shares are exact over any run as long as the sum of whole weights", () => {
  const property = fc.property(wholeWeights, anyTurn, (each, from) => {
    const turns = each.reduce((total, weight) => total + weight);
    assert.deepEqual(counts("weighted", weights(...each), { from, turns }), each);
  });
  fc.assert(property, { numRuns: 300 });
});

test("RTE-3 weights that are no whole numbers get their shares", () => {
  const counted = counts("weighted", weights(0.7, 0.2, 0.1), { from: 1e9, turns: 1_000 });
  for (const [index, due] of [700, 200, 100].entries()) {
    assert.ok(Math.abs((counted[index] ?? 0) - due) <= 2, counted.join());
  }
});

test("RTE-3 what a candidate of a weighted pool leaves goes to the others by their weights", () => {
  const run = {
    from: 0,
    turns: 8_000,
    place: 1,
    when: (ordered: readonly number[]) => ordered[0] === 0,
  };
  const counted = counts("weighted", weights(5, 2, 1), run);
  assert.equal(counted[0], 0);
  assert.ok(Math.abs((counted[1] ?? 0) - 3_333) <= 2, counted.join());
  assert.ok(Math.abs((counted[2] ?? 0) - 1_667) <= 2, counted.join());
});

test("RTE-3 what a candidate of a round leaves goes to the others alike", () => {
  const run = {
    from: 0,
    turns: 3_000,
    place: 1,
    when: (ordered: readonly number[]) => ordered[0] === 0,
  };
  assert.deepEqual(counts("round-robin", weights(1, 1, 1), run), [0, 500, 500]);
});

const share = fc.integer({ min: 10, max: 99 }).map((hundredths) => hundredths / 100);
const candidate = fc.record({
  weight: fc.integer({ min: 1, max: 9 }),
  share: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: share }),
  inFlight: fc.nat(3),
  cost: fc.nat(3),
  price: fc.nat(3),
});

test("RTE-3 every kind names each candidate once, and the same for the same arguments", () => {
  const property = fc.property(
    fc.constantFrom(...kinds),
    fc.array(candidate, { maxLength: 9 }),
    anyTurn,
    (kind, candidates, turn) => {
      const lot = { turn, draw: turn % 2 ** 32 };
      const ordered = order(kind, candidates, lot);
      const indexes = [...ordered].sort((a, b) => a - b);
      assert.deepEqual(
        indexes,
        candidates.map((_, index) => index),
      );
      assert.deepEqual(order(kind, candidates, lot), ordered);
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});

for (const kind of kinds) {
  test(`RTE-3 slow start: ${kind} gives a candidate its share of the turns it would have`, () => {
    const property = fc.property(wholeWeights, share, anyTurn, (each, slow, from) => {
      const all = weights(...each, 1);
      const starting = all.map((full, index) => (index === 0 ? { ...full, share: slow } : full));
      const before = counts(kind, all, { from, turns: 1_000 })[0] ?? 0;
      const now = counts(kind, starting, { from, turns: 1_000 })[0] ?? 0;
      // p2c draws which turns it would have, so that chance stands between.
      const most = kind === "p2c" ? 60 : 6;
      assert.ok(Math.abs(now - before * slow) <= most, `${now} of ${before} at ${slow}`);
    });
    fc.assert(property, { numRuns: 60 });
  });

  test(`RTE-3 slow start: ${kind} changes nothing when all of them start`, () => {
    const starting = [0.1, 0.2, 0.9].map((slow) => one({ share: slow }));
    assert.deepEqual(orders(kind, starting, 60), orders(kind, weights(1, 1, 1), 60));
  });
}

test("RTE-3 slow start: held back means behind those with a full share", () => {
  const candidates = [one({ share: 0.5 }), one({ share: 0.5 }), one(), one()];
  const seen = new Set(orders("failover", candidates, 200));
  assert.deepEqual([...seen].sort(), ["0123", "0231", "1230", "2301"]);
});

test("RTE-3 slow start: a share that grows from 0.1 to 1 takes 55 % of the turns", () => {
  let taken = 0;
  for (let turn = 0; turn < 6_000; turn++) {
    const candidates = [one({ share: 0.1 + (0.9 * turn) / 6_000 }), one()];
    if (order("failover", candidates, { turn, draw: 0 })[0] === 0) taken += 1;
  }
  assert.ok(Math.abs(taken - 3_300) <= 10, `${taken}`);
});
