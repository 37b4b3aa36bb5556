import assert from "node:assert/strict";
import { test } from "node:test";
import { requestBody, requestPath } from "./request-body.ts";

test("a body has exactly the bytes that were asked for, and is JSON", () => {
  for (const bytes of [512, 1024, 10_240]) {
    for (const dialect of ["openai", "anthropic", "bedrock"] as const) {
      const body = requestBody({ dialect, model: "m", stream: true, bytes });
      assert.equal(body.length, bytes);
      JSON.parse(body.toString());
    }
  }
});

test("each dialect says model and stream where it does", () => {
  const shape = { model: "m", stream: true };
  const parse = (dialect: "openai" | "anthropic"): unknown =>
    JSON.parse(requestBody({ ...shape, dialect, bytes: 1024 }).toString());
  const openai = { model: "m", stream_options: { include_usage: true } };
  assert.partialDeepStrictEqual(parse("openai"), openai);
  assert.partialDeepStrictEqual(parse("anthropic"), { model: "m", stream: true });
  assert.equal(requestPath({ ...shape, dialect: "bedrock" }), "/model/m/converse-stream");
});

test("a body that cannot be so small is refused", () => {
  const shape = { dialect: "openai", model: "m", stream: false, bytes: 100 } as const;
  assert.throws(() => requestBody(shape), /100 allowed/);
});
