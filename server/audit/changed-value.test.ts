import assert from "node:assert/strict";
import { test } from "node:test";
import { auditDetails } from "./changed-value.ts";

const none = () => false;
const team = { scope: "team", window: "day", usd: 20 };
const user = { scope: "user", window: "day", usd: 5 };

const changes: readonly (readonly [what: string, values: readonly unknown[], kept: unknown[]])[] = [
  ["a figure", [20, 50], ["20", "50"]],
  ["what was not there", [undefined, 50], [null, "50"]],
  ["no limit", [50, null], ["50", "null"]],
  [
    "one item of a list of maps",
    [
      [user, team],
      [user, { ...team, usd: 50 }],
    ],
    ['[{"scope":"team","window":"day","usd":20}]', '[{"scope":"team","window":"day","usd":50}]'],
  ],
  ["an item taken out", [[user, team], [user]], [JSON.stringify([team]), "[]"]],
  [
    "another order",
    [
      [user, team],
      [team, user],
    ],
    [JSON.stringify([user, team]), JSON.stringify([team, user])],
  ],
  ["a list of names", [["a"], ["a", "b"]], ['["a"]', '["a","b"]']],
  [
    "one key of a map",
    [
      { a: 1, b: { c: 2, d: 3 } },
      { a: 1, b: { c: 2, d: 4 } },
    ],
    ['{"b":{"d":3}}', '{"b":{"d":4}}'],
  ],
  ["a key taken out", [{ a: 1, b: 2 }, { a: 1 }], ['{"b":2}', "{}"]],
];

for (const [what, [before, after], kept] of changes) {
  test(`SEC-11 the row of a change keeps what differs: ${what}`, () => {
    const details = auditDetails({ before, after }, [], none);
    assert.deepEqual([details.before, details.after], kept);
  });
}

test("SEC-11 a long value is cut with a mark, between whole characters", () => {
  for (const pad of ["", "x"]) {
    const { before } = auditDetails({ before: pad + "😀".repeat(2000), after: 1 }, [], none);
    assert.ok(before !== null && before.endsWith("…"));
    assert.ok(before.length <= 1024);
    assert.ok(before.isWellFormed());
  }
});

test("SEC-9 secrets are not in it, also not whether they differ", () => {
  const isSecret = (path: readonly unknown[]) => path.at(-1) === "secret";
  const before = { keys: [{ id: "a", secret: "canary-1" }], rate: 1 };
  const after = { keys: [{ id: "a", secret: "canary-2" }], rate: 2 };
  const details = auditDetails({ before, after }, ["tenants", "acme"], isSecret);
  assert.deepEqual(details, { before: '{"rate":1}', after: '{"rate":2}' });
  const alone = auditDetails({ before: "canary-1", after: "canary-2" }, ["secret"], isSecret);
  assert.deepEqual(alone, { before: '"(secret)"', after: '"(secret)"' });
});
