import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../random/seeded-random.ts";
import { VirtualClock } from "../time/virtual-clock.ts";
import { alphabet, isIdBody } from "./id-body.ts";
import { IdSource } from "./id-source.ts";

const makeSource = (wallMs?: number) => {
  const clock = new VirtualClock(wallMs);
  return { clock, source: new IdSource(clock, new SeededRandom(1)) };
};

/** The 128 bits an id spells, as a UUID's text. */
const uuidOf = (body: string): string => {
  let bits = 0n;
  for (const letter of body) bits = bits * 32n + BigInt(alphabet.indexOf(letter));
  const hex = bits.toString(16).padStart(32, "0");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

const assertAscending = (ids: readonly string[]): void => {
  for (const [n, id] of ids.entries()) {
    const before = ids[n - 1];
    assert.ok(before === undefined || before < id, `${before} before ${id}`);
    assert.ok(isIdBody(id), id);
  }
};

test("an id is a UUIDv7 with the wall clock's milliseconds in front", () => {
  const wallMs = 0x0123_4567_89ab;
  const { source } = makeSource(wallMs);
  const uuid = uuidOf(source.newBody());
  assert.match(uuid, /^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("ids of one millisecond ascend, more than the counter holds", () => {
  const { source } = makeSource();
  assertAscending(Array.from({ length: 10_000 }, () => source.newBody()));
});

test("ids ascend while time passes and while the wall clock is set back", () => {
  const { clock, source } = makeSource();
  const ids: string[] = [];
  for (let n = 0; n < 2_000; n++) {
    ids.push(source.newBody());
    if (n % 3 === 0) clock.advanceBy(1);
    if (n === 500) clock.stepWall(-3_600_000);
    if (n === 1_500) clock.stepWall(7_200_000);
  }
  assertAscending(ids);
});

test("two sources with the same clock and other randomness never meet", () => {
  const clock = new VirtualClock();
  const left = new IdSource(clock, new SeededRandom(1));
  const right = new IdSource(clock, new SeededRandom(2));
  const ids = new Set<string>();
  for (let n = 0; n < 5_000; n++) ids.add(left.newBody()).add(right.newBody());
  assert.equal(ids.size, 10_000);
});
