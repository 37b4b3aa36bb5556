import assert from "node:assert/strict";
import { test } from "node:test";
import { codes, type Code } from "../canonical/codes.data.ts";
import { problemOf, readProblem } from "./problem.ts";

test("a problem has the fields of RFC 9457 and the stable code", () => {
  assert.deepEqual(problemOf("conflict", { detail: "It was revoked", requestId: "req_1" }), {
    type: "urn:sekisho:error:conflict",
    title: codes.conflict.meaning,
    status: 409,
    detail: "It was revoked",
    code: "conflict",
    requestId: "req_1",
    retryable: false,
  });
});

test("every code of the table survives the way through JSON", () => {
  // Keys of the table itself.
  for (const code of Object.keys(codes) as Code[]) {
    const problem = problemOf(code, { detail: "d", requestId: "r", param: "p" });
    assert.deepEqual(readProblem(JSON.parse(JSON.stringify(problem))), problem);
  }
});

const others: readonly unknown[] = [
  undefined,
  null,
  "conflict",
  [],
  {},
  { code: 1 },
  { code: "" },
  { code: "no_such_code" },
  { code: "__proto__" },
  { error: { code: "conflict" } },
];

for (const value of others) {
  test(`${JSON.stringify(value)} is no problem of ours`, () => {
    assert.equal(readProblem(value), null);
  });
}
