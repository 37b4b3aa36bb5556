import assert from "node:assert/strict";
import { test } from "node:test";

import { jsonClient } from "./answer-fixture.ts";
import { encodeModel, encodeModelList } from "./models.ts";

test("the official client lists models", async () => {
  const models = ["a", "b/c"].map((id) => ({ id, createdMs: 5999, ownedBy: "acme" }));
  const seen: unknown[] = [];
  for await (const model of jsonClient(encodeModelList(models)).models.list()) seen.push(model);
  assert.deepEqual(seen, [
    { id: "a", object: "model", created: 5, owned_by: "acme" },
    { id: "b/c", object: "model", created: 5, owned_by: "acme" },
  ]);
  const [first] = models;
  assert.ok(first !== undefined);
  assert.deepEqual(await jsonClient(encodeModel(first)).models.retrieve("a"), seen[0]);
});
