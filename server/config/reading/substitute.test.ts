import assert from "node:assert/strict";
import { test } from "node:test";
import { substitute } from "./substitute.ts";

const variables = { PORT: "9000", EMPTY: "", NESTED: "${PORT}" };

test("REF-18 ${NAME} and ${NAME:-default} are replaced, also inside a text and in lists", () => {
  const rows: readonly [string, string][] = [
    ["${PORT}", "9000"],
    ["a-${PORT}-b-${PORT}", "a-9000-b-9000"],
    ["${NONE:-fallback}", "fallback"],
    ["${EMPTY:-fallback}", "fallback"],
    ["${PORT:-fallback}", "9000"],
    ["${NONE:-}", ""],
    ["${NONE:-a:b-c d}", "a:b-c d"],
    ["$${PORT}", "${PORT}"],
    ["$PORT $ {PORT} 5$", "$PORT $ {PORT} 5$"],
    ["${NESTED}", "${PORT}"],
  ];
  for (const [text, expected] of rows) {
    const { tree, faults } = substitute({ a: [{ b: text }] }, variables);
    assert.deepEqual(tree, { a: [{ b: expected }] }, text);
    assert.deepEqual(faults, []);
  }
});

test("keys and values that are no text stay as they are", () => {
  const tree = { "${PORT}": 1, a: true, b: null, c: [], d: {} };
  assert.deepEqual(substitute(tree, variables).tree, tree);
});

test("what was written is remembered by path", () => {
  const { written } = substitute({ a: { "b.c": "x${PORT}" }, d: "plain" }, variables);
  assert.deepEqual([...written], [['a["b.c"]', "x${PORT}"]]);
});

test("a variable without a value and a malformed reference are faults", () => {
  const rows: readonly [string, string][] = [
    ["${NONE}", "names the variable NONE, which is not set; ${NONE:-…} gives it a default"],
    ["${EMPTY}", "names the variable EMPTY, which is not set; ${EMPTY:-…} gives it a default"],
    ["${1X}", "holds a `${` that is neither ${NAME} nor ${NAME:-default}"],
    ["${A-b}", "holds a `${` that is neither ${NAME} nor ${NAME:-default}"],
    ["${PORT", "holds a `${` that is neither ${NAME} nor ${NAME:-default}"],
    ["${}", "holds a `${` that is neither ${NAME} nor ${NAME:-default}"],
  ];
  for (const [text, message] of rows) {
    assert.deepEqual(substitute({ a: text }, variables).faults, [{ path: ["a"], message }], text);
  }
});
