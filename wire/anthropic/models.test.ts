import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeModel, encodeModelList } from "./models.ts";

const listed = (id: string): object => ({
  type: "model",
  id,
  display_name: id,
  created_at: "2026-10-21T00:00:05Z",
  lifecycle: "active",
  deprecated_at: null,
  retires_at: null,
  line: null,
  max_input_tokens: null,
  max_tokens: null,
  capabilities: null,
});

test("models in one page", () => {
  const models = ["a", "b/c"].map((id) => ({ id, createdMs: 1_792_540_805_999 }));
  assert.deepEqual(JSON.parse(encodeModelList(models)), {
    data: [listed("a"), listed("b/c")],
    has_more: false,
    first_id: "a",
    last_id: "b/c",
  });
  assert.deepEqual(JSON.parse(encodeModel({ id: "a", createdMs: 1_792_540_805_999 })), listed("a"));
});

test("no models", () => {
  const none = { data: [], has_more: false, first_id: null, last_id: null };
  assert.deepEqual(JSON.parse(encodeModelList([])), none);
});
