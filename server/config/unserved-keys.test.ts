import assert from "node:assert/strict";
import { test } from "node:test";
import { unservedKeys } from "./unserved-keys.ts";

const key = (id: string, ...models: readonly string[]) => ({
  id,
  origin: "admin",
  revokedMs: null,
  grant: { tenant: "acme", models },
});

test("SEC-18 a key is named with each model of its list that is served no more", () => {
  const models = { fast: {}, "mock.*": {} };
  assert.deepEqual(unservedKeys(models, [key("key_1", "fast", "*"), key("key_2", "mock.x")]), []);
  assert.deepEqual(unservedKeys(models, [key("key_1", "fast", "fist", "later-*"), key("key_2")]), [
    'key key_1 of tenant acme: "fist" is no model; the nearest is "fast"',
  ]);
  const ended = { ...key("key_1", "gone"), revokedMs: 1 };
  assert.deepEqual(unservedKeys(models, [ended, { ...key("web", "gone"), origin: "config" }]), []);
  assert.deepEqual(unservedKeys({}, [key("key_1", "fast")]), [
    'key key_1 of tenant acme: "fast" is no model; there are none',
  ]);
});

test("SEC-18 of thousands of keys the first 20 are named, the rest counted", () => {
  const keys = Array.from({ length: 5_000 }, (_, n) => key(`key_${n}`, "gone"));
  const told = unservedKeys({ fast: {} }, keys);
  assert.equal(told.length, 21);
  assert.equal(told.at(-1), "… and 4980 names more in lists of keys");
});
