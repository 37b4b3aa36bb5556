import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Summaries } from "./summaries.ts";

const limits = { entries: 3, chars: 100, keepMs: 1_000, failedMs: 100 };

const made = (text: string | null) => () => Promise.resolve(text);
const never = (): Promise<string | null> => assert.fail("made again");

test("MON-5 one summary is made for all who ask at once, and kept for those after", async () => {
  const summaries = new Summaries(new VirtualClock(), limits);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const both = [summaries.make("a", () => promise), summaries.make("a", never)];
  assert.equal(summaries.get("a"), undefined);
  resolve("text");
  assert.deepEqual(await Promise.all(both), ["text", "text"]);
  assert.equal(summaries.get("a"), "text");
});

test("MON-5 a summary is forgotten when nobody has asked for it for its time", async () => {
  const clock = new VirtualClock();
  const summaries = new Summaries(clock, limits);
  await summaries.make("a", made("text"));
  clock.advanceBy(900);
  assert.equal(summaries.get("a"), "text");
  clock.advanceBy(900);
  // Who only looks does not make it stay.
  assert.equal(summaries.peek("a")?.text, "text");
  clock.advanceBy(100);
  assert.equal(summaries.get("a"), undefined);
  assert.equal(summaries.size, 0);
});

test("MON-5 what has failed is not tried again for a moment", async () => {
  const clock = new VirtualClock();
  const summaries = new Summaries(clock, limits);
  await summaries.make("a", made(null));
  assert.equal(summaries.get("a"), null);
  clock.advanceBy(100);
  assert.equal(summaries.get("a"), undefined);
});

test("MON-5 a defect is everybody's who waits, and nothing is kept of it", async () => {
  const summaries = new Summaries(new VirtualClock(), limits);
  const defect = new Error("nobody foresaw it");
  const both = [summaries.make("a", () => Promise.reject(defect)), summaries.make("a", never)];
  for (const each of both) await assert.rejects(each, defect);
  assert.equal(await summaries.make("a", made("text")), "text");
});

test("MON-5 of too many, or too long ones, the ones go that nobody asked for", async () => {
  const summaries = new Summaries(new VirtualClock(), limits);
  for (const name of ["a", "b", "c"]) await summaries.make(name, made(name));
  assert.equal(summaries.get("a"), "a");
  await summaries.make("d", made("d"));
  assert.deepEqual(
    ["a", "b", "c", "d"].map((name) => summaries.get(name)),
    ["a", undefined, "c", "d"],
  );
  await summaries.make("e", made("x".repeat(99)));
  assert.deepEqual([summaries.size, summaries.get("e")?.length, summaries.get("d")], [2, 99, "d"]);
  await summaries.make("f", made("x".repeat(101)));
  assert.equal(summaries.size, 0);
});

test("MON-5 what one process has made all others know, but not that it failed", async () => {
  const clock = new VirtualClock();
  const other = new Summaries(clock, limits);
  const told: string[] = [];
  const summaries = new Summaries(clock, limits, (name, text) => {
    told.push(name);
    other.take(name, text);
  });
  await summaries.make("a", made("text"));
  await summaries.make("b", made(null));
  assert.deepEqual([told, other.get("a"), other.get("b")], [["a"], "text", undefined]);
  other.take("a", "a later one");
  assert.deepEqual([other.get("a"), told.length], ["a later one", 1]);
  clock.advanceBy(1_000);
  assert.equal(other.get("a"), undefined);
});
