import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { ModelEntry } from "../model-entry.ts";
import type { Target } from "../target.ts";
import { Catalog, type Asking } from "./catalog.ts";
import { embeddingFactsOf } from "./embedding-facts.ts";

const entry = (name: string): ModelEntry => ({
  name,
  pools: [],
  policy: { max: 1, backoffMs: 0, backoffMaxMs: 0 },
  totalMs: 1,
});

const catalog = new Catalog(["fast", "fist", "quality", "claude-3-haiku"].map(entry), [
  { pattern: "mock.*", entryFor: () => entry("mock.*"), namesLike: () => ["mock.fest"] },
  { pattern: "mock.long*", entryFor: () => entry("mock.long*"), namesLike: () => [] },
]);

const refusal = (model: string, asking: Asking | null): string => {
  for (const ask of [catalog.resolve.bind(catalog), catalog.peek.bind(catalog)]) {
    assert.throws(() => ask(model, asking), { code: "model_not_found" });
  }
  try {
    catalog.resolve(model, asking);
  } catch (error) {
    assert.ok(error instanceof Failure);
    return error.message;
  }
  return assert.fail("there is such a model");
};

test("a name, a pattern, the most specific one of two", () => {
  assert.equal(catalog.resolve("fast", null).name, "fast");
  assert.equal(catalog.resolve("mock.a", null).name, "mock.*");
  assert.equal(catalog.resolve("mock.longer", null).name, "mock.long*");
  assert.deepEqual(catalog.wildcards(), ["mock.long*", "mock.*"]);
});

test("who misspells a name is told the nearest ones that they may use", () => {
  const asked = (model: string, models: readonly string[]) => refusal(model, { models });
  assert.match(asked("qualiti", ["*"]), /is not configured; the nearest is "quality"$/);
  assert.match(asked("fost", ["*"]), /; the nearest are "fast", "fist"$/);
  assert.match(asked("fost", ["fi*"]), /; the nearest is "fist"$/);
  for (const message of [asked("qualiti", ["fast"]), asked("qualiti", []), asked("zzz", ["*"])]) {
    assert.match(message, /is not configured$/);
  }
  assert.match(refusal("fost", null), /"fast", "fist"$/);
});

test("which names stand for models that make vectors alone", () => {
  const targetOf = (upstreamModel: string): Target =>
    ({ upstreamModel, embedding: embeddingFactsOf(upstreamModel) }) as Target; // no more is read
  const of = (name: string, ...models: readonly string[]): ModelEntry => {
    const pools = [{ targets: models.map(targetOf) }];
    return { ...entry(name), pools } as unknown as ModelEntry; // no more of a pool is read
  };
  const known = new Catalog(
    [
      of("vectors", "text-embedding-3-small", "cohere.embed-v4:0"),
      of("mixed", "text-embedding-3-small", "gpt-4"),
      of("own", "nomic-embed-text"),
      of("cohere.embed-english-v3", "nomic-embed-text"),
    ],
    [
      { pattern: "text-*", entryFor: (model) => of(model, model), namesLike: () => [] },
      {
        pattern: "dear-*",
        entryFor: () => {
          throw new Failure("unpriced", "It has no price", { param: "model" });
        },
        namesLike: () => ["dear-model", "dear-modem"],
      },
    ],
  );
  const asked = [
    ["vectors", true],
    ["mixed", false],
    ["own", false],
    ["cohere.embed-english-v3", true],
    ["us.amazon.titan-embed-text-v2:0", true],
    ["text-embedding-3-large", true],
    ["text-davinci-003", false],
    ["dear-model", false],
    ["nobody", false],
  ] as const;
  for (const [name, expected] of asked) assert.equal(known.makesVectors(name), expected, name);
});

test("who misspells a name of a family is told those of the family that they may use", () => {
  const dear = new Catalog(["deer"].map(entry), [
    {
      pattern: "dear-*",
      entryFor: () => {
        throw new Failure("unpriced", "It has no price", { param: "model" });
      },
      namesLike: (model) => [`${model.slice(0, 5)}model`, "dear-modem"],
    },
  ]);
  const told = (model: string, models: readonly string[]): string => {
    try {
      dear.resolve(model, { models });
    } catch (error) {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, model.startsWith("dear-") ? "unpriced" : "model_not_found");
      return error.message;
    }
    return assert.fail("there is such a model");
  };
  assert.match(
    told("dear-modle", ["*"]),
    /^It has no price; the nearest are "dear-model", "dear-mo/,
  );
  assert.match(told("dear-modle", ["*m"]), /^It has no price; the nearest is "dear-modem"$/);
  assert.equal(told("dear-modle", []), "It has no price");
  assert.equal(told("dear-something-else", ["*"]), "It has no price");
  assert.match(told("daer-model", ["*"]), /not configured; the nearest is "dear-modem"$/);
});

test("a refusal for another reason than its name is left alone", () => {
  const asked = { model: "fost", asking: null };
  const full = new Failure("overloaded", "It is full", { param: "model" });
  assert.equal(catalog.hinted(full, asked), full);
  const premium = new Failure("unpriced", "It is dear", { param: "speed" });
  assert.equal(catalog.hinted(premium, asked), premium);
  const bare = new Failure("unpriced", "It has no price", { param: "model" });
  assert.equal(catalog.hinted(bare, { model: "fast", asking: null }), bare, "it is configured");
});
