import assert from "node:assert/strict";
import { test } from "node:test";
import { serveAnswer } from "./answer-fixture.ts";

/** Mostly of scripts whose variables are not set. */
const refused: readonly (readonly [words: readonly string[], why: string])[] = [
  [["keys", "revoke", ""], "Argument <id> is empty"],
  [["keys", "rotate", ""], "Argument [id] is empty"],
  [["models", ""], "Argument [name] is empty"],
  [["config", "set", "", "1"], "Argument <path> is empty"],
  [["circuits", "force-open", ""], "Argument <id> is empty"],
  [["splits", "rollback", "ab", ""], "Argument [arm] is empty"],
  [["cost", "compare", "fast", ""], "Argument [models...] is empty"],
  [["keys", "limit", "key_1", "--addresses", ","], "Cannot read --addresses ,: it names nothing"],
  [["keys", "create", "--tenant", "a", "--origins", " ,"], "--origins  ,: it names nothing"],
  [["keys", "create", "--tenant", "a", "--models", ","], "--models ,: it names nothing"],
  [["keys", "create", "--tenant", "a", "--expires-in", "0"], "it must be at least 1ms, or never"],
  [["keys", "create", "--tenant", "a", "--expires-in", "-1d"], "it must be 0 or more"],
  [["keys", "create", "--tenant", "a", "--stream-grace", "2h"], "it must be at most 1h"],
  [["audit", "--limit", "5000"], "Cannot read --limit 5000: it must be 1 to 1000"],
  [["idempotency", "--limit", "-1"], "Cannot read --limit -1: it must be 0 or more"],
  [["cost", "savings", "--input", "0"], "Cannot read --input 0: it must be 1 to 1000000"],
  [["cache", "purge"], "Cannot purge: name --tenant, --alias, --key or --answer, or else --all"],
  [["cache", "purge", "--all", "--key", "k"], "Cannot purge: name --tenant"],
  [["cache", "purge", "--answer", "zz"], "Cannot read --answer zz: an x-sekisho-cache-key has 64"],
];

for (const [words, why] of refused) {
  test(`${JSON.stringify(words)} is refused before anybody is asked`, async (t) => {
    const { asked, run } = await serveAnswer(t, {});
    const { exit, err } = await run(...words);
    assert.equal(exit, "usage");
    assert.ok(err.includes(why), err);
    assert.deepEqual(asked, []);
  });
}
