import assert from "node:assert/strict";
import { test } from "node:test";
import { SystemRandom } from "@sekisho/lib/random/system-random.ts";
import type { AnswerCache } from "@sekisho/gateway/cache/answer-cache.ts";
import { playCache, type CacheMutant } from "./cache/play-cache.ts";

const cases = 200;

test("STR-14 nobody is given another's answer, an old one or a cut one", async () => {
  const first = new SystemRandom().uint32();
  for (let seed = first; seed < first + cases; seed += 1) {
    try {
      await playCache(seed);
    } catch (error) {
      throw new Error(`seed ${seed} of kept answers`, { cause: error });
    }
  }
});

const mutants: readonly CacheMutant[] = [
  {
    about: "tenants share their answers",
    asked: (asked) => ({
      ...asked,
      call: { ...asked.call, principal: { ...asked.call.principal, tenant: "any" } },
    }),
  },
  {
    about: "users share their answers",
    asked: (asked) => ({
      ...asked,
      call: { ...asked.call, attribution: { ...asked.call.attribution, user: "any" } },
    }),
  },
  {
    about: "what was kept is given for ever",
    cache: (cache) => {
      const known = new Map<string, NonNullable<ReturnType<AnswerCache["find"]>>>();
      const keep = cache.keep.bind(cache);
      cache.keep = (answer, askedMs) => {
        known.set(answer.key, answer);
        return keep(answer, askedMs);
      };
      cache.find = (key) => known.get(key) ?? null;
      return cache;
    },
  },
  { about: "what was read for one tenant is known to all", knownTo: "a" },
  { about: "requests under way are not known", isForgetful: true },
  { about: "the deadline of who has asked first ends everybody's answer", isImpatient: true },
];

for (const mutant of mutants) {
  test(`SIM-7 the simulation of kept answers finds: ${mutant.about}`, async () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      try {
        await playCache(seed, mutant);
      } catch (error) {
        assert.ok(error instanceof assert.AssertionError, String(error));
        return;
      }
    }
    assert.fail("not within 100 seeds");
  });
}
