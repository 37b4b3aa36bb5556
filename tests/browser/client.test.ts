import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noChromium } from "../harness/chromium.ts";
import type { ClientLook } from "../harness/client-look.ts";
import { ClientUnderTest, hastyGraceMs, heartbeatMs } from "../harness/client-under-test.ts";
import { until } from "../harness/until.ts";

/** Its provider stops behind 20 tokens until it is released: nothing ends before it is to. */
const paused = "Go on [[sim: tokens=45 pause=20]]";

describe("the client in a page", { skip: noChromium }, () => {
  let client: ClientUnderTest;
  before(async () => {
    client = await ClientUnderTest.start();
  });
  after(() => client[Symbol.asyncDispose]());

  /** What is paused goes on. */
  const release = async (): Promise<void> => {
    await client.gateway.simulator.whenHeld(1);
    assert.equal(client.gateway.simulator.release(), 1);
  };

  /** The provider has seen its caller leave. */
  const left = (): Promise<number> =>
    until(
      "the upstream is gone",
      () => client.gateway.simulator.calls().at(-1)?.clientGoneMs ?? null,
    );

  test("STR-5 an answer whose wire is cut goes on, byte for byte", async () => {
    await using open = await client.open();
    await open.say("start", paused);
    const before = await open.begun();
    client.proxy.cut();
    await open.seen("a wait", ({ states }) => states.includes("waiting"));
    await release();
    const { text, state, response, states } = await open.ended();
    assert.equal(state, "done");
    assert.deepEqual(states, ["connecting", "open", "waiting", "connecting", "open"]);
    assert.ok(text.length > before.text.length + 50, `${before.text.length}, ${text.length}`);
    assert.equal(text, await client.whole(response ?? ""));
  });

  test("STR-5 a page that was offline goes on when it is online, without a wait", async () => {
    await using open = await client.open({ isStill: true });
    await open.say("start", paused);
    await open.begun();
    await open.page.context().setOffline(true);
    client.proxy.cut();
    await open.seen("a wait", ({ states }) => states.at(-1) === "waiting");
    await release();
    // No timer of this page runs: nothing but the event brings it back.
    await open.page.context().setOffline(false);
    const { text, state, response } = await open.ended();
    assert.equal(state, "done");
    assert.equal(text, await client.whole(response ?? ""));
  });

  test("STR-5 a tab that slept through the rest of its answer has all of it", async () => {
    await using open = await client.open();
    await open.say("start", paused);
    const { response } = await open.begun();
    const tab = await open.page.context().newCDPSession(open.page);
    await tab.send("Page.setWebLifecycleState", { state: "frozen" });
    client.proxy.cut();
    await release();
    const whole = await client.whole(response ?? "");
    await tab.send("Page.setWebLifecycleState", { state: "active" });
    const { text, state } = await open.ended();
    assert.deepEqual([state, text], ["done", whole]);
  });

  test("STR-9 a tab that is seen again leaves a wire that fell silent", async () => {
    await using open = await client.open({ isStill: true });
    await open.say("start", paused);
    await open.begun();
    client.proxy.stall();
    const isBack = ({ states }: ClientLook): boolean => states.lastIndexOf("open") > 1;
    // What was on its way when the wire fell silent may be heard behind the first event.
    await until("another connection", async () => {
      await open.page.clock.fastForward(7_000);
      await open.page.evaluate(`document.dispatchEvent(new Event("visibilitychange"))`);
      // The tick that it is given, and the wait before the next connection.
      await open.page.clock.fastForward(1_000);
      await open.page.clock.fastForward(300);
      return "waiting" === (await open.look()).states[2] ? true : null;
    });
    await open.seen("another session", isBack);
    await release();
    const { text, state, response } = await open.ended();
    assert.equal(state, "done");
    assert.equal(text, await client.whole(response ?? ""));
  });

  test("STR-11 tokens are renewed in mid-answer, on the same connection", async () => {
    const startedMs = performance.now();
    await using open = await client.open({ lifeMs: 3_000 });
    await open.say("start", paused);
    // One at each ping: the session outlives the first of them.
    await until("seven fresh tokens", () => (open.tokens > 7 ? true : null));
    await release();
    const { text, state, response, states } = await open.ended();
    const pings = (performance.now() - startedMs) / heartbeatMs;
    assert.equal(state, "done");
    assert.deepEqual(states, ["connecting", "open"]);
    assert.ok(open.tokens <= pings + 1, `${open.tokens} tokens in ${pings} pings`);
    assert.equal(text, await client.whole(response ?? ""));
  });

  test("STR-6 what was cancelled while no wire held ends once there is one", async () => {
    await using open = await client.open({ isStill: true });
    await open.say("start", paused);
    await open.begun();
    client.proxy.cut();
    await open.seen("a wait", ({ states }) => states.at(-1) === "waiting");
    await open.page.evaluate("page.cancel()");
    await open.page.clock.fastForward(300);
    await left();
    assert.equal((await open.ended()).state, "done");
  });

  test("STR-6 a tab that is closed leaves its answer, which ends behind its grace", async () => {
    const open = await client.open({ isHasty: true });
    await open.say("start", "Go on [[sim: tokens=1000 tps=50]]");
    const { response } = await open.begun();
    const { clock, ledger: before } = client.gateway;
    const closedMs = clock.monotonicMs();
    await open[Symbol.asyncDispose]();
    const tookMs = (await left()) - closedMs;
    assert.ok(tookMs >= hastyGraceMs - 50 && tookMs < hastyGraceMs + 5_000, `${tookMs} ms`);
    const row = await until("its row", () => {
      const { rows } = client.gateway.ledger;
      const id = response?.slice("rsp_".length);
      return rows.find((each) => each.id === id && each.attempt === 0) ?? null;
    });
    assert.ok(before.rows.every(({ id }) => id !== row.id));
    assert.deepEqual([row.outcome, row.cause], ["cancelled", "client_closed"]);
    // What was said is booked, and no more than that.
    assert.ok(row.output > 10 && row.output < 1_000, `${row.output} tokens`);
  });

  test("STR-6 a component shows its answer, and ends it when it leaves", async () => {
    await using open = await client.open();
    await open.page.evaluate(`page.mount(document.getElementById("root"))`);
    const output = open.page.locator("#answer");
    await output.waitFor({ state: "attached" });
    await open.say("ask", paused);
    await open.begun();
    client.proxy.cut();
    await release();
    await open.ended();
    await open.page.locator("#answer[data-state=done]").waitFor();
    const { text, response } = await open.look();
    assert.equal(await output.textContent(), text);
    assert.equal(text, await client.whole(response ?? ""));
    await open.say("ask", paused);
    await open.begun();
    const calls = client.gateway.simulator.calls().length;
    await open.page.evaluate("page.unmount()");
    await left();
    assert.equal(client.gateway.simulator.calls().length, calls);
    assert.equal((await open.ended()).state, "done");
    assert.deepEqual(
      open.complaints.filter((said) => !said.includes("WebSocket")),
      [],
    );
  });
});
