import assert from "node:assert/strict";
import { test } from "node:test";
import type { Health, Rest } from "../health.ts";
import type { Plan } from "../plan.ts";
import { target } from "../route/route-fixture.ts";
import { isHeld, restingFailure } from "./resting.ts";

/** What a client is told whose targets have these rests; null for one that has none any more. */
function told(...rests: readonly (Rest | null)[]) {
  const plan = {
    model: "fast",
    attempts: rests.map((_, index) => ({ target: target(String(index)) })),
  } as unknown as Plan; // nothing else of it is looked at
  const health = { restOf: ({ id }) => rests[Number(id)] ?? null } satisfies Pick<Health, "restOf">;
  const failure = restingFailure(plan, health as unknown as Health, 0); // it asks nothing else
  return { message: failure.message.replace(/^.*?: /, ""), isHeld: isHeld(failure), failure };
}

const drained: Rest = { cause: "drained", forMs: Infinity };
const forced: Rest = { cause: "forced", forMs: Infinity };
const open = (forMs: number): Rest => ({ cause: "circuit", forMs });

test("RTE-19 who meets nothing but what administrators took out is promised no time", () => {
  const one = told(drained);
  assert.equal(one.message, "its target is taken out of use by an administrator");
  assert.ok(one.isHeld);
  assert.equal(
    told(drained, forced, drained).message,
    "of 3 targets 2 are taken out of use by an administrator, " +
      "1 is held open by an administrator",
  );
  assert.equal(one.failure.details.retryAfterMs, 30_000, "clients come back, not at once");
});

test("RTE-13 each cause is told with its number, and when the first rest ends", () => {
  const mixed = told(drained, open(9_000), open(2_000.5), { cause: "region", forMs: 60_000 });
  assert.equal(
    mixed.message,
    "of 4 targets 1 is taken out of use by an administrator, 2 rest after failures, " +
      "1 rests after failures of its region, the next try may be in 2001 ms",
  );
  assert.ok(!mixed.isHeld);
  assert.match(told(open(5_000)).message, /^its target rests after failures, the next/);
  assert.match(told(open(5_000), open(9_000)).message, /^all 2 targets rest after failures, the/);
});

test("RTE-7 refused credentials are the operator's own", () => {
  const credential: Rest = { cause: "credential", forMs: 60_000 };
  assert.equal(told(credential, credential).failure.code, "upstream_auth");
  assert.equal(told(credential, drained).failure.code, "circuit_open");
});

test("RTE-13 a rest that has ended since was one after failures", () => {
  assert.match(told(null).message, /^its target rests after failures, the next try may be in 1000/);
});
