import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Principal } from "../principal.ts";
import { checkModel, checkSurface } from "./permission.ts";

const makePrincipal = (models: readonly string[], surfaces: readonly string[]): Principal => ({
  keyId: "key_1",
  tenant: "acme",
  team: null,
  role: "client",
  models,
  surfaces,
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
});

const refusal = (run: () => void): Failure | null => {
  try {
    run();
    return null;
  } catch (error) {
    assert.ok(error instanceof Failure);
    return error;
  }
};

const models: readonly (readonly [patterns: readonly string[], model: string, ok: boolean])[] = [
  [["*"], "anything", true],
  [["fast", "quality"], "quality", true],
  [["mock.*"], "mock.a/b", true],
  [["fast"], "fast-2", false],
  [["fast"], "Fast", false],
  [[], "fast", false],
];

for (const [patterns, model, ok] of models) {
  test(`a key for [${patterns.join()}] ${ok ? "may" : "may not"} use ${model}`, () => {
    const found = refusal(() => checkModel(makePrincipal(patterns, []), model));
    assert.equal(found?.code, ok ? undefined : "model_forbidden");
    assert.equal(found?.details.param, ok ? undefined : "model");
  });
}

test("a key calls the surfaces it names and no other", () => {
  const principal = makePrincipal([], ["openai.*"]);
  assert.equal(
    refusal(() => checkSurface(principal, "openai.chat")),
    null,
  );
  const found = refusal(() => checkSurface(principal, "anthropic.messages"));
  assert.equal(found?.code, "forbidden");
  assert.match(found?.message ?? "", /key_1 may call openai\.\*/);
});

test("SEC-11 an admin key is refused on every model surface", () => {
  const principal = makePrincipal([], ["admin"]);
  assert.equal(refusal(() => checkSurface(principal, "openai.chat"))?.code, "forbidden");
});

test("a refusal quotes a bounded part of a model's name", () => {
  const found = refusal(() => checkModel(makePrincipal([], []), "m".repeat(1_000_000)));
  assert.ok((found?.message.length ?? 0) < 300);
});
