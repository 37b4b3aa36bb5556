import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";
import { onceCuts } from "./once/once-cut.ts";
import { playOnce, type OnceCase } from "./once/once-stage.ts";
import { onceWays } from "./once/once-way.ts";

/** The shortest that there is: what can be resumed is over before a name is. */
const keepMs = 1_000;

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => ({ ...steeredConfig(url), streams: { keepMs } }),
  });
});
after(() => gateway[Symbol.asyncDispose]());

/** Sessions wait for their gateway: they know no time-out. */
const casesOf = (racers: number): OnceCase[] =>
  onceCuts.flatMap((cut) =>
    onceWays
      .filter(({ name }) => cut.timeoutMs === undefined || name !== "client library")
      .map((way) => ({ way, cut, racers })),
  );

test("STR-13 through cuts at each point a name is one call, its bytes the same", async () => {
  const cases = casesOf(1);
  const { cut, repeated } = await playOnce(gateway, cases);
  assert.ok(cases.length >= 100, `${cases.length} cases`);
  assert.ok(cut >= cases.length / 2, `${cut} connections were cut`);
  // Of each case the one that comes later, and the tries behind a cut that the first one reached.
  assert.ok(repeated >= cases.length * 1.3, `${repeated} were given an answer again`);
});

test("STR-13 two racers through the same cuts are one call", async () => {
  const cases = casesOf(2).filter((_, n) => n % 2 === 0);
  const { cut, repeated } = await playOnce(gateway, cases);
  assert.ok(cut >= cases.length, `${cut} connections were cut`);
  assert.ok(repeated >= cases.length * 2, `${repeated} were given an answer again`);
});

test("STR-13 a name stands when the stream of its answer cannot be resumed any more", async () => {
  const ask = () =>
    gateway.chat("Later [[sim: tokens=9]]", { stream: true }, { "idempotency-key": "later" });
  const first = await ask();
  const said = await first.text();
  const path = `${gateway.url}/v1/streams/${first.headers.get("x-sekisho-stream")}`;
  const headers = { authorization: `Bearer ${gateway.key}` };
  await until("it is over for those who resume", async () => {
    const resumed = await fetch(path, { headers });
    await resumed.text();
    return resumed.status === 410 || null;
  });
  const before = gateway.simulator.received;
  const later = await ask();
  assert.equal(later.headers.get("x-sekisho-replayed"), "true");
  assert.equal(await later.text(), said);
  assert.equal(gateway.simulator.received, before);
});
