import assert from "node:assert/strict";
import { test } from "node:test";
import { circuit } from "@sekisho/wire/admin/circuit-fixture.ts";
import type { CircuitChange, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { CircuitsPart } from "./live-part.ts";
import { mergedCircuits } from "./merged-circuits.ts";

const part = (
  process: number | null,
  circuits: readonly CircuitView[],
  changes: readonly CircuitChange[] = [],
): CircuitsPart => ({ process, circuits, changes });

const change = (id: string, atMs: number): CircuitChange => ({
  level: "target",
  id,
  provider: "p",
  region: "r",
  credential: null,
  model: "m",
  from: "closed",
  to: "open",
  cause: null,
  recentFailures: 5,
  retryInMs: 1_000,
  isForced: false,
  atMs,
});

test("OPS-9 of several processes a circuit is shown as where it is worst off", () => {
  const well = circuit({ id: "t", recentFailures: 1 });
  const open = circuit({ id: "t", state: "open", recentFailures: 5, retryInMs: 900, share: 0 });
  const { circuits } = mergedCircuits([part(2, [well]), part(1, [open]), part(3, [well])]);
  const [only] = circuits;
  assert.equal(circuits.length, 1);
  assert.deepEqual([only?.state, only?.recentFailures, only?.retryInMs], ["open", 5, 900]);
  assert.deepEqual(
    only?.processes?.map(({ process, state, recentFailures }) => [process, state, recentFailures]),
    [
      [1, "open", 5],
      [2, "closed", 1],
      [3, "closed", 1],
    ],
  );
});

test("OPS-9 circuits that one process alone has, or that are for other models, stay apart", () => {
  const mine = circuit({ id: "mine" });
  const [fast, slow] = [["fast"], ["slow"]].map((aliases) => circuit({ id: "t", aliases }));
  assert.ok(fast && slow);
  const { circuits } = mergedCircuits([part(1, [fast, mine]), part(2, [fast, slow])]);
  assert.deepEqual(
    circuits.map(({ id, aliases, processes }) => [id, aliases?.join() ?? "", processes?.length]),
    [
      ["t", "fast", 2],
      ["mine", "", 1],
      ["t", "slow", 1],
    ],
  );
});

test("OPS-9 changes of all processes come in the order in which they happened", () => {
  const first = part(1, [], [change("a", 10), change("a", 30)]);
  const { changes } = mergedCircuits([first, part(2, [], [change("a", 20)])]);
  assert.deepEqual(
    changes.map(({ process, atMs }) => [process, atMs]),
    [
      [1, 10],
      [2, 20],
      [1, 30],
    ],
  );
});

test("a process that is alone says nothing of processes", () => {
  const alone = part(null, [circuit({ id: "t" })], [change("t", 1)]);
  const { circuits, changes } = mergedCircuits([alone]);
  assert.deepEqual([circuits, changes], [alone.circuits, alone.changes]);
});
