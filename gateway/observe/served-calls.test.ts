import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEntry } from "../model-entry.ts";
import { ServedCalls } from "./served-calls.ts";

/** No more of an entry is read here. */
const entryOf = (name: string, ...ids: string[]): ModelEntry =>
  ({ name, pools: [{ name, targets: ids.map((id) => ({ id })) }] }) as unknown as ModelEntry;

test("REF-10 calls are counted by name and target, where a name has several", () => {
  const served = new ServedCalls();
  const chat = entryOf("chat", "east", "west");
  for (const id of ["east", "west", "east"]) served.count(chat, { id });
  served.count(entryOf("fast", "east", "far"), { id: "east" });
  served.count(entryOf("sole", "east"), { id: "east" });
  assert.deepEqual(
    ["chat", "fast", "sole"].map((name) => [
      served.by(name, { id: "east" }),
      served.by(name, { id: "west" }),
    ]),
    [
      [2, 1],
      [1, 0],
      [0, 0],
    ],
  );
});

test("names of a wildcard are not kept, under however many credentials they are asked", () => {
  const served = new ServedCalls();
  const asked = { ...entryOf("mock.*", "main", "spare"), name: "mock.1" };
  served.count(asked, { id: "main" });
  assert.equal(served.by("mock.1", { id: "main" }), 0);
});
