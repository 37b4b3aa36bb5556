import assert from "node:assert/strict";
import { test } from "node:test";
import { requestBody } from "./request-body.ts";

test("a body has exactly the bytes that were asked for, and is JSON", () => {
  for (const bytes of [512, 1024, 10_240]) {
    const body = requestBody({ model: "m", stream: true, bytes });
    assert.equal(body.length, bytes);
    const parsed: unknown = JSON.parse(body.toString());
    assert.partialDeepStrictEqual(parsed, { model: "m", stream_options: { include_usage: true } });
  }
});

test("a body that cannot be so small is refused", () => {
  assert.throws(() => requestBody({ model: "m", stream: false, bytes: 100 }), /100 allowed/);
});
