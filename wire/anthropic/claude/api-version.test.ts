import assert from "node:assert/strict";
import { test } from "node:test";

import { readApiVersion } from "./api-version.ts";

const read = (value: string | undefined): string => {
  const version = readApiVersion((name) => (name === "anthropic-version" ? value : undefined));
  return version.ok ? version.value : `${version.code} ${version.path}`;
};

test("both versions, and the older one for a client that names none", () => {
  assert.deepEqual([undefined, "", " 2023-06-01 ", "2026-10-21"].map(read), [
    "2023-06-01",
    "2023-06-01",
    "2023-06-01",
    "2026-10-21",
  ]);
});

test("a version that nobody has heard of is refused by its name", () => {
  for (const value of ["2023-01-01", "latest", "2026-10-21, 2023-06-01"]) {
    assert.equal(read(value), "invalid_value anthropic-version");
  }
});
