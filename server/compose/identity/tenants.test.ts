import assert from "node:assert/strict";
import { test } from "node:test";
import type { RateLimit } from "@sekisho/gateway/limits/rate-limit.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { loaded } from "../../config/loading/text-fixture.ts";
import { ratesOf } from "./tenants.ts";

const limitsIn = (tenants: string, tenant = "t"): readonly RateLimit[] => {
  const principal = { tenant, keyId: "k" } as Principal; // nothing else is read
  return ratesOf(loaded(`tenants: ${tenants}`).config)(principal);
};

const usual = { perSecond: 100, burst: 200 };
const none = { requests: null, tokensPerMinute: null, concurrent: null };

test("MON-13 a key of which nothing is said has 100 requests a second and 200 at once", () => {
  const expected = [{ ...none, scope: "key", requests: usual }];
  assert.deepEqual(limitsIn("{ t: {} }"), expected);
  assert.deepEqual(limitsIn("{ t: {} }", "operator"), expected);
});

test("MON-13 limits on others, or on tokens and calls at once, leave it that rate", () => {
  assert.deepEqual(limitsIn("{ t: { rates: [{ scope: model, concurrent: 2 }] } }"), [
    { ...none, scope: "model", concurrent: 2 },
    { ...none, scope: "key", requests: usual },
  ]);
  assert.deepEqual(limitsIn("{ t: { rates: [{ scope: key, tokensPerMinute: 9 }] } }"), [
    { ...none, scope: "key", requests: usual, tokensPerMinute: 9 },
  ]);
});

test("MON-13 what is said of requests of keys takes its place", () => {
  const rate = "{ scope: key, requestsPerSecond: 0.5, burst: 3 }";
  assert.deepEqual(limitsIn(`{ t: { rates: [${rate}] } }`), [
    { ...none, scope: "key", requests: { perSecond: 0.5, burst: 3 } },
  ]);
});

test("limits are the same array for as long as the configuration is", () => {
  const of = ratesOf(loaded("tenants: { t: { rates: [{ scope: user, concurrent: 1 }] } }").config);
  const principal = { tenant: "t", keyId: "k" } as Principal; // nothing else is read
  assert.equal(of(principal), of({ ...principal, keyId: "other" }));
});
