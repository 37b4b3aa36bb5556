import assert from "node:assert/strict";
import { test } from "node:test";
import { commanded, type Standing } from "./split-change.ts";
import { openSplits, somebody, splitOf } from "./splits-fixture.ts";
import type { SplitCommand } from "@sekisho/wire/admin/splits.ts";

const split = splitOf();

const doing = (command: SplitCommand) => (standing: Standing) => commanded(standing, command);

const set = (weights: Readonly<Record<string, number>>) => doing({ command: "set", weights });

const weightsIn = (arms: readonly { readonly name: string; readonly weight: number }[]) =>
  Object.fromEntries(arms.map(({ name, weight }) => [name, weight]));

test("RTE-4 a change is in force, told once, and outlasts the process", async () => {
  const { open, settle, told } = openSplits();
  const splits = open();
  assert.deepEqual(splits.now(split).phase, 0);
  const row = await settle(splits.change(split, set({ c: 5 }), somebody));
  assert.deepEqual(weightsIn(splits.now(split).arms), { a: 80, b: 20, c: 5 });
  assert.deepEqual([row?.phase, row?.event, row?.by], [1, "weighted", "key_1"]);
  assert.deepEqual(told, [row]);
  const next = open();
  assert.deepEqual(weightsIn(next.now(split).arms), { a: 80, b: 20, c: 5 });
  assert.equal(next.now(split).phase, 1);
  assert.deepEqual(next.latest("ab", 10), [row]);
  assert.deepEqual(next.latest("other", 10), []);
});

test("RTE-4 another process has it from its next look on", async () => {
  const { open, settle } = openSplits();
  const [one, other] = [open(), open()];
  await settle(one.change(split, set({ c: 5 }), somebody));
  assert.equal(other.now(split).phase, 0);
  other.refresh();
  assert.equal(other.now(split).phase, 1);
});

test("RTE-4 of changes made at once each is made over the one before", async () => {
  const { open, settle, told } = openSplits();
  const commands = [set({ a: 1 }), set({ b: 2 }), set({ c: 3 })];
  const processes = commands.map((make) => ({ splits: open(), make }));
  await settle(
    Promise.all(processes.map(({ splits, make }) => splits.change(split, make, somebody))),
  );
  const last = open();
  assert.deepEqual(weightsIn(last.now(split).arms), { a: 1, b: 2, c: 3 });
  assert.deepEqual(
    told.map(({ phase }) => phase),
    [1, 2, 3],
  );
});

test("RTE-4 what is refused changes nothing, and a rollback is made once", async () => {
  const { open, settle, told } = openSplits();
  const [one, other] = [open(), open()];
  const wrong = one.change(split, set({ x: 1 }), somebody);
  await assert.rejects(settle(wrong), { code: "invalid_value" });
  assert.equal(one.now(split).phase, 0);
  const rollback = doing({ command: "rollback", arm: "b" });
  const both = await settle(
    Promise.allSettled([
      one.change(split, rollback, somebody),
      other.change(split, rollback, somebody),
    ]),
  );
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  assert.equal(told.filter(({ event }) => event === "rolled_back").length, 1);
});

test("RTE-4 of a split the latest 200 changes are kept", async () => {
  const { open, settle } = openSplits();
  const splits = open();
  for (let n = 1; n <= 205; n++) await settle(splits.change(split, set({ c: n }), somebody));
  const kept = splits.latest("ab", 1_000);
  assert.deepEqual([kept.length, kept[0]?.phase], [200, 205]);
});
