import assert from "node:assert/strict";
import { test } from "node:test";
import { RollupNames } from "./rollup-names.ts";

const day = Date.UTC(2026, 10, 20);

test("SEC-10 the first names of a day keep theirs, later ones are other", () => {
  const names = new RollupNames({ agent: 2, alias: 2 });
  const of = (name: string, tenant = "acme", timeMs = day): string =>
    names.of("agent", { tenant, name }, timeMs);
  assert.deepEqual(
    ["a", "b", "c", "a", "b", "c"].map((name) => of(name)),
    ["a", "b", "other", "a", "b", "other"],
  );
  assert.equal(of(""), "");
  assert.equal(of("c", "other-tenant"), "c");
  assert.equal(names.of("alias", { tenant: "acme", name: "c" }, day), "c");
  assert.equal(of("c", "acme", day + 86_400_000), "c");
});

test("a call that ends before midnight and is booked behind it counts with the new day", () => {
  const names = new RollupNames({ agent: 1, alias: 1 });
  const of = (name: string, timeMs: number): string =>
    names.of("agent", { tenant: "acme", name }, timeMs);
  assert.equal(of("a", day), "a");
  assert.equal(of("b", day - 1), "other");
  assert.equal(of("a", day), "a");
});
