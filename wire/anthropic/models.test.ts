import assert from "node:assert/strict";
import { test } from "node:test";

import { knownDetails, unknownDetails } from "../canonical/model-details-fixture.ts";
import { encodeModel, encodeModelList, readModelPage } from "./models.ts";

const createdMs = 1_792_540_805_999;

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

interface Page {
  readonly data: readonly { readonly id: string }[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

/** The page that a query asks for, or the parameter at fault. */
function page(ids: readonly string[], query: string): Page | string | null {
  const asked = readModelPage(query);
  if (!asked.ok) return asked.path;
  const body = encodeModelList(
    ids.map((id) => ({ id, createdMs, details: unknownDetails })),
    asked.value,
  );
  return body.ok ? (JSON.parse(body.value) as Page) : body.path;
}

test("a model, and models in one page", () => {
  const unknown = { id: "a", createdMs, details: unknownDetails };
  assert.deepEqual(JSON.parse(encodeModel(unknown)), listed("a"));
  assert.deepEqual(JSON.parse(encodeModel({ ...unknown, details: knownDetails })), {
    ...listed("a"),
    max_input_tokens: 1_000_000,
    max_tokens: 128_000,
  });
  assert.deepEqual(page(["a", "b/c"], ""), {
    data: [listed("a"), listed("b/c")],
    has_more: false,
    first_id: "a",
    last_id: "b/c",
  });
});

test("no models", () => {
  const none = { data: [], has_more: false, first_id: null, last_id: null };
  assert.deepEqual(page([], ""), none);
});

const five = ["a", "b", "c", "d", "e"];
const pages: readonly (readonly [query: string, ids: string, hasMore: boolean])[] = [
  ["limit=2", "ab", true],
  ["limit=5", "abcde", false],
  ["limit=2&after_id=b", "cd", true],
  ["limit=2&after_id=c", "de", false],
  ["after_id=e", "", false],
  ["limit=2&before_id=d", "bc", true],
  ["limit=2&before_id=c", "ab", false],
  ["before_id=a", "", false],
  ["beta=true", "abcde", false],
];
for (const [query, ids, hasMore] of pages) {
  test(`the page of ?${query}`, () => {
    const found = page(five, query);
    assert.ok(typeof found === "object" && found !== null);
    assert.equal(found.data.map(({ id }) => id).join(""), ids);
    const ends = [found.first_id, found.last_id];
    assert.deepEqual([found.has_more, ...ends], [hasMore, ids.at(0) ?? null, ids.at(-1) ?? null]);
  });
}

test("a page has 20 models unless the client says otherwise", () => {
  const ids = Array.from({ length: 21 }, (_, n) => `m${n}`);
  const found = page(ids, "");
  assert.ok(typeof found === "object" && found !== null);
  assert.deepEqual([found.data.length, found.last_id, found.has_more], [20, "m19", true]);
});

const wrong = [
  ["limit=0", "limit"],
  ["limit=1001", "limit"],
  ["limit=", "limit"],
  ["limit=2.5", "limit"],
  ["after_id=x", "after_id"],
  ["before_id=", "before_id"],
  ["after_id=a&before_id=c", "before_id"],
] as const;
for (const [query, param] of wrong) {
  test(`?${query} is refused for its ${param}`, () => {
    assert.equal(page(five, query), param);
  });
}
