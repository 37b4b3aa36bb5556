import assert from "node:assert/strict";
import { test } from "node:test";
import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { RestCause } from "@sekisho/gateway/health.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { circuit } from "@sekisho/wire/admin/circuit-fixture.ts";
import { deep, type HealthSources } from "./health.ts";
import { unservedModels } from "./views/unserved-models.ts";

function healthOf(over: Partial<HealthSources>): unknown {
  let said = "";
  const exchange = {
    respond: (_status: number, _headers: readonly string[], body: string) => (said = body),
  } as unknown as Exchange; // nothing else of it is looked at
  deep(exchange, {
    isDraining: () => false,
    isStoreUp: () => true,
    keepsAnswers: () => true,
    providers: () => ["p", "q"],
    circuits: () => [circuit({})],
    drained: () => new Set(),
    unserved: () => [],
    processes: () => null,
    load: () => ({ level: 0, refused: [], sample: { lagMs: 0, heapShare: 0, queueAgeMs: 0 } }),
    ...over,
  });
  return JSON.parse(said);
}

const well = { available: true, circuitBreakerState: "closed" };
const drained = { available: false, circuitBreakerState: "closed", drained: true };

test("OPS-7 a drained provider is not available and says why; nobody misses it", () => {
  assert.partialDeepStrictEqual(healthOf({}), { status: "ok", providers: { p: well, q: well } });
  assert.partialDeepStrictEqual(healthOf({ drained: () => new Set(["q"]) }), {
    status: "ok",
    providers: { p: well, q: drained },
  });
});

test("REF-1 says whether answers are given again", () => {
  for (const enabled of [true, false]) {
    const report = healthOf({ keepsAnswers: () => enabled });
    assert.partialDeepStrictEqual(report, { cache: { enabled } });
  }
});

test("OPS-7 a model without a target that may be called is a degraded gateway", () => {
  assert.partialDeepStrictEqual(healthOf({ unserved: () => ["fast"] }), { status: "degraded" });
});

test("OPS-7 a model is unserved when all its targets rest or are drained, not for a pause", () => {
  const entry = { pools: [{ targets: [{ id: "a" }] }, { targets: [{ id: "b" }] }] };
  // No more of an entry is read here.
  const catalog = { names: () => ["m"], peek: () => entry } as unknown as Catalog;
  const unserved = (rests: Readonly<Record<string, RestCause>>): string[] =>
    unservedModels(
      catalog,
      {
        restOf({ id }) {
          const cause = rests[id];
          return cause === undefined ? null : { cause, forMs: 1_000 };
        },
      },
      0,
    );
  assert.deepEqual(unserved({ a: "drained", b: "circuit" }), ["m"]);
  assert.deepEqual(unserved({ a: "drained" }), []);
  assert.deepEqual(unserved({ a: "drained", b: "cooling" }), []);
});
