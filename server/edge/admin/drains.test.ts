import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { DrainList } from "@sekisho/wire/admin/drains.ts";
import { noBalancers } from "../../compose/routing/balancers.ts";
import { catalogOf } from "../../compose/routing/catalog.ts";
import type { AuditEntry } from "../../audit/audit-entry.ts";
import { rememberingTrail } from "../../audit/trail-fixture.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";
import { getDrains, postDrain } from "./drains.ts";
import { deleteDrain } from "./drains/[name].ts";
import { runTimeOf } from "./run-time-fixture.ts";

const provider = (region: string) => ({
  kind: "openai-compatible",
  region,
  baseUrl: "http://127.0.0.1:9",
});

const to = (...providers: string[]) => ({
  targets: providers.map((name) => ({ provider: name, model: "m" })),
});

const configFile = {
  providers: { near: provider("east"), twin: provider("east"), far: provider("west") },
  models: { both: to("near", "far"), east: to("near", "twin"), chain: { chain: ["both", "east"] } },
};

const running: Readonly<Record<string, number>> = { east: 3, twin: 1 };

const makeContext = () => {
  const config = runTimeOf(configFile);
  const audited: AuditEntry[] = [];
  const context = {
    config,
    clock: new VirtualClock(),
    catalog: () => catalogOf(config.config, noBalancers),
    circuits: { inFlight: async (names: string[]) => names.map((name) => running[name] ?? 0) },
    audit: rememberingTrail(audited),
  } as unknown as AdminContext;
  return { context, config, audited };
};

const requestFor = (name: string): AdminRequest => {
  const bytes = Buffer.from(JSON.stringify({ name }));
  const exchange = { body: () => Promise.resolve(bytes) };
  const request = { exchange, parameters: { name }, requestId: "req_1", by: "key_1" };
  return request as unknown as AdminRequest;
};

const listOf = ({ body }: AdminAnswer) => body as DrainList;

test("RTE-19 a region is drained: who is there, what runs there, who is left without", async () => {
  const { context, config, audited } = makeContext();
  const answer = await postDrain(requestFor("east"), context);
  assert.equal(answer.status, 200);
  assert.deepEqual(listOf(answer), {
    drained: [{ name: "east", targets: 3, running: 3 }],
    unserved: ["east"],
  });
  assert.deepEqual(config.config.drained, ["east"]);
  const both = listOf(await postDrain(requestFor("far"), context));
  assert.deepEqual(both.unserved, ["both", "east", "chain"]);
  assert.deepEqual(listOf(await getDrains(requestFor(""), context)), both);
  assert.deepEqual(
    audited.map(({ event, object, by }) => [event, object, by]),
    [
      ["admin.place.drained", "east", "key_1"],
      ["admin.place.drained", "far", "key_1"],
    ],
  );
});

test("RTE-19 draining twice is draining once; what is in use cannot be undrained", async () => {
  const { context, config, audited } = makeContext();
  for (let n = 0; n < 2; n++) await postDrain(requestFor("twin"), context);
  assert.deepEqual(config.config.drained, ["twin"]);
  assert.equal(audited.length, 1);
  await assert.rejects(deleteDrain(requestFor("twins"), context), {
    code: "not_found",
    message: 'Cannot undrain "twins": it is not drained; the nearest is "twin"',
  });
  const { drained, unserved } = listOf(await deleteDrain(requestFor("twin"), context));
  assert.deepEqual([drained, unserved, config.config.drained], [[], [], []]);
  await assert.rejects(deleteDrain(requestFor("twin"), context), { code: "not_found" });
  assert.deepEqual(
    audited.map(({ event }) => event),
    ["admin.place.drained", "admin.place.undrained"],
  );
});

test("RTE-19 drains made together are all in force", async () => {
  const { context, config } = makeContext();
  const names = ["east", "west", "near", "far", "twin"];
  await Promise.all(names.map((name) => postDrain(requestFor(name), context)));
  assert.deepEqual(config.config.drained, names);
  await Promise.all(names.slice(1).map((name) => deleteDrain(requestFor(name), context)));
  assert.deepEqual(config.config.drained, ["east"]);
});

test("RTE-19 a name of nothing is refused with the nearest one", async () => {
  const { context, audited } = makeContext();
  await assert.rejects(postDrain(requestFor("esat"), context), {
    code: "invalid_value",
    message: /"esat" is no region and no provider; the nearest is "east"/,
  });
  await assert.rejects(postDrain(requestFor("a b"), context), { code: "invalid_value" });
  assert.deepEqual(audited, []);
});
