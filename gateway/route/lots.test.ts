import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Lots } from "./lots.ts";
import { entry, target } from "./route-fixture.ts";

test("RTE-2 a lot that was looked at is the one that the next call draws", () => {
  const lots = new Lots(new SeededRandom(1));
  const [one, other] = [entry([target("a")]), entry([target("b")])];
  for (let turn = 0; turn < 5; turn++) {
    const seen = lots.peek(one);
    assert.equal(seen.turn, turn);
    assert.deepEqual(lots.peek(one), seen, "looking changes nothing");
    lots.draw(other);
    assert.deepEqual(lots.draw(one), seen);
  }
  assert.equal(lots.peek(other).turn, 5);
});

test("RTE-3 draws are random, whether somebody looked or not", () => {
  const lots = new Lots(new SeededRandom(1));
  const alias = entry([target("a")]);
  const draws = Array.from({ length: 20 }, (_, n) => {
    if (n % 2 === 0) lots.peek(alias);
    return lots.draw(alias).draw;
  });
  assert.equal(new Set(draws).size, draws.length);
});
