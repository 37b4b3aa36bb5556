import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import fc from "fast-check";
import type { CachePolicy, CacheScope } from "../cache-policy.ts";
import type { Call } from "../call.ts";
import { clientRequest } from "../admission/client-request.ts";
import { KnownRequests } from "./known-requests.ts";
import type { Plan } from "../plan.ts";
import type { SurfaceHead } from "../request.ts";
import { validate } from "../validate/validate.ts";
import { formOf } from "./answer-form.ts";
import { cacheKeyOf } from "./cache-key.ts";
import { keyOf, type KnownAsk } from "./known-key.ts";

const said: SurfaceHead = { surface: "openai.chat" };
const scopes: readonly CacheScope[] = ["tenant", "team", "key", "user"];
/** As a configuration has them: one object for all calls. */
const policies: readonly CachePolicy[] = scopes.flatMap((scope) =>
  [true, false].map((byTemperature) => ({ use: "always", ttlMs: 1, scope, byTemperature })),
);
const entries = [{ name: "fast" }, { name: "fast", branch: "canary" }];
const targets = [{ upstreamModel: "m" }, { upstreamModel: "n" }];
const defaults = [{ temperature: null }, { temperature: 0.5 }];

const asked = fc.record({
  tenant: fc.constantFrom("t", "u"),
  team: fc.constantFrom(null, "a", "b"),
  keyId: fc.constantFrom("k", "l"),
  user: fc.constantFrom(null, "x", "y"),
  policy: fc.constantFrom(...policies),
  entry: fc.constantFrom(...entries),
  target: fc.constantFrom(...targets),
  samples: fc.constantFrom(...defaults),
  content: fc.constantFrom("a", "b"),
  stream: fc.boolean(),
  temperature: fc.constantFrom(undefined, 0, 1),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

function bodyOf({ content, stream, temperature }: Asked): Buffer {
  const messages = [{ role: "user", content }];
  return Buffer.from(JSON.stringify({ model: "fast", messages, stream, temperature }));
}

/** As the stages in front of it hand a call over. */
function askOf(requests: KnownRequests, one: Asked): KnownAsk {
  const { tenant, team, keyId, user, entry, target, samples } = one;
  const body = bodyOf(one);
  const known = requests.find({ tenant, said, body, read: validate });
  const call = {
    request: clientRequest(known?.request ?? validate(said, body), body),
    principal: { tenant, team, keyId },
    attribution: { user },
    entry,
  } as unknown as Call; // a key is made of nothing else
  const plan = { attempts: [{ target, defaults: samples }] } as unknown as Plan; // nor is more read
  return { call, plan, body, known };
}

test("STR-14 PRF-7 a request that is known has the key that it would have if it were read", () => {
  const requests = new KnownRequests(new VirtualClock());
  fc.assert(
    fc.property(fc.array(asked, { minLength: 1, maxLength: 20 }), (all) => {
      for (const one of all) {
        const ask = askOf(requests, one);
        const { policy } = one;
        const key = cacheKeyOf(ask, policy);
        for (const again of [keyOf(ask, policy), keyOf(ask, policy)]) {
          assert.equal(again?.key ?? null, key);
          if (again !== null) assert.equal(again.form, formOf(ask.call.request));
        }
        requests.keep({ tenant: one.tenant, said, body: ask.body, read: validate }, 0);
      }
    }),
    { numRuns: 300 },
  );
});

test("PRF-7 it is made once, and again for another target, policy or owner", () => {
  const requests = new KnownRequests(new VirtualClock());
  const [policy, entry, target, samples] = [policies[0], entries[0], targets[0], defaults[0]];
  assert.ok(policy && entry && target && samples);
  const one: Asked = {
    tenant: "t",
    team: null,
    keyId: "k",
    user: null,
    policy,
    entry,
    target,
    samples,
    content: "a",
    stream: false,
    temperature: undefined,
  };
  requests.keep({ tenant: "t", said, body: bodyOf(one), read: validate }, 0);
  const first = keyOf(askOf(requests, one), policy);
  const ask = askOf(requests, one);
  assert.equal(keyOf(ask, policy)?.key, first?.key);
  // What is made of a body that is known needs none of its words.
  const mute = {
    ...ask,
    call: { ...ask.call, request: { ...ask.call.request, canonical: silent } },
  };
  assert.equal(keyOf(mute, policy)?.key, first?.key);
  const [, target2] = targets;
  assert.ok(target2);
  const elsewhere = askOf(requests, { ...one, target: target2 });
  assert.notEqual(keyOf(elsewhere, policy)?.key, first?.key);
});

test("PRF-7 of one request no more than a few keys are held", () => {
  const requests = new KnownRequests(new VirtualClock());
  const policy: CachePolicy = { use: "always", ttlMs: 1, scope: "key", byTemperature: true };
  const one = fc.sample(asked, 1)[0];
  assert.ok(one);
  requests.keep({ tenant: one.tenant, said, body: bodyOf(one), read: validate }, 0);
  for (let n = 0; n < 100; n += 1) {
    const ask = askOf(requests, { ...one, keyId: `k${n}` as "k" });
    assert.equal(keyOf(ask, policy)?.key, cacheKeyOf(ask, policy));
    assert.ok((ask.known?.keys.size ?? 0) <= 8);
  }
});

test("STR-14 a call whose conversation was shortened is not known by what was asked", () => {
  const requests = new KnownRequests(new VirtualClock());
  const one = fc.sample(asked, 1)[0];
  assert.ok(one);
  requests.keep({ tenant: one.tenant, said, body: bodyOf(one), read: validate }, 0);
  const policy: CachePolicy = { use: "always", ttlMs: 1, scope: "tenant", byTemperature: true };
  const whole = askOf(requests, one);
  const key = keyOf(whole, policy)?.key;
  const body = bodyOf({ ...one, content: "shorter" as "a" });
  const request = clientRequest(validate(said, body), body);
  const cut = { ...whole, body, call: { ...whole.call, request } };
  assert.notEqual(keyOf(cut, policy)?.key, key);
  assert.equal(keyOf(cut, policy)?.key, cacheKeyOf(cut, policy));
});

const silent = (): never => assert.fail("its words are read again");
