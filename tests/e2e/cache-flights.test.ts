import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { SseReader } from "../harness/sse-reader.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      // Calls that name no session have none.
      const budgets = [{ scope: "session" as const, outputTokens: 60 }];
      const demo = { ...steered.tenants?.["demo"], budgets };
      return { ...steered, tenants: { ...steered.tenants, demo } };
    },
  });
});
after(() => gateway[Symbol.asyncDispose]());

let made = 0;
/** A question that nobody has asked before, whose answer stands still behind its 20th word. */
const fresh = (): string => `Question ${(made += 1)} [[sim: tokens=40 pause=20]]`;
/** One whose answer stands still in front of its first word. */
const silent = (): string => `Question ${(made += 1)} [[sim: tokens=40 hold]]`;

const whole = /"finish_reason":"stop"[\s\S]*\[DONE\]\n\n$/;
const patienceMs = 400;

const ask = (text: string, headers: object = {}, stream = true): Promise<Response> =>
  gateway.chat(text, { max_tokens: 1_000, stream }, { "x-sekisho-cache": "ttl", ...headers });

const markOf = ({ headers }: Response): string | null => headers.get("x-sekisho-cache");
const hurried = { "x-sekisho-request-timeout-ms": `${patienceMs}` };

const resumable = { "x-sekisho-resumable": "true" };

/** Answers under way: all of them, or those that can be resumed. */
async function running(what: "responses" | "streams"): Promise<number> {
  const { urls, adminKey } = gateway.server.ready;
  const headers = { authorization: `Bearer ${adminKey}` };
  const text = await (await fetch(`${urls["admin"]}/metrics`, { headers })).text();
  return Number(new RegExp(`^sekisho_${what}_running (\\d+)$`, "m").exec(text)?.[1]);
}

/** Tests run one after the other: how often the provider was asked meanwhile. */
async function counted(act: () => Promise<void>): Promise<number> {
  const before = gateway.simulator.calls().length;
  await act();
  return gateway.simulator.calls().length - before;
}

test("STR-14 the deadline of who has asked first ends nobody else's answer", async () => {
  const text = fresh();
  const calls = await counted(async () => {
    const first = await ask(text, hurried);
    const reader = new SseReader(first);
    await reader.next();
    const second = await ask(text);
    assert.deepEqual([markOf(first), markOf(second)], ["miss", "shared"]);
    // The answer stands still until the first one's time is over.
    const told = (await reader.rest()).map(({ raw }) => raw).join("");
    assert.match(told, /deadline/);
    await gateway.letGo();
    assert.match(await second.text(), whole);
    const [row] = await gateway.rowsOf(first);
    assert.deepEqual([row?.outcome, row?.cause], ["error", "deadline_exceeded"]);
    assert.ok((row?.costNanoUsd ?? 0) > 0, "it is charged to whoever has asked first");
    const [shared, ...more] = await gateway.rowsOf(second);
    assert.deepEqual([shared?.outcome, shared?.cached, more.length], ["ok", "shared", 0]);
    assert.deepEqual([shared?.costNanoUsd, shared?.savedNanoUsd], [0, row?.costNanoUsd]);
    const third = await ask(text);
    await third.text();
    assert.equal(markOf(third), "hit");
  });
  assert.equal(calls, 1);
});

test("STR-14 nor before its first word, and whoever waits longest is waited for", async () => {
  const text = silent();
  const calls = await counted(async () => {
    const first = ask(text, hurried);
    await gateway.simulator.whenHeld(1);
    const others = [ask(text, hurried), ask(text), ask(text, hurried)];
    const [early, ...rest] = await Promise.all([first, others[0], others[2]]);
    for (const each of [early, ...rest]) assert.equal(each?.status, 504);
    await gateway.letGo();
    const patient = await others[1];
    assert.match((await patient?.text()) ?? "", whole);
    const rows = await gateway.rowsOf(early);
    assert.equal(rows[0]?.cause, "deadline_exceeded");
  });
  assert.equal(calls, 1);
});

test("STR-14 with its last reader's deadline the upstream call ends", async () => {
  const text = silent();
  const calls = await counted(async () => {
    const first = ask(text, hurried);
    await gateway.simulator.whenHeld(1);
    const second = ask(text, hurried);
    assert.deepEqual([(await first).status, (await second).status], [504, 504]);
    await until("the provider is left", () =>
      gateway.simulator.calls().at(-1)?.state === "ended" ? true : null,
    );
    const rows = await Promise.all([first, second].map(async (each) => gateway.rowsOf(await each)));
    const costs = rows.map(([row]) => [row?.cause, row?.costNanoUsd]);
    assert.deepEqual(costs, [
      ["deadline_exceeded", 0],
      ["deadline_exceeded", 0],
    ]);
  });
  assert.equal(calls, 1);
});

test("STR-14 an answer that fails before its first word: a follower asks again", async () => {
  const text = `Question ${(made += 1)} [[sim: hold fault=500]]`;
  const calls = await counted(async () => {
    const first = ask(text);
    await gateway.simulator.whenHeld(1);
    const others = [ask(text, resumable), ask(text, resumable)];
    await until("both wait", async () => ((await running("streams")) === 2 ? true : null));
    await gateway.letGo();
    assert.equal((await first).status, 502);
    await gateway.letGo();
    for (const each of others) assert.equal((await each).status, 502);
    const rows = await Promise.all(others.map(async (each) => gateway.rowsOf(await each)));
    const marks = rows.map(([row]) => `${row?.cached} ${row?.costNanoUsd}`);
    assert.deepEqual(new Set(marks), new Set(["null 0", "shared 0"]));
  });
  assert.equal(calls, 2);
});

test("STR-14 an answer that a budget cuts short is nobody else's", async () => {
  const inSession = (text: string, session: string): Promise<Response> => {
    const headers = { "x-sekisho-cache": "ttl", "x-sekisho-session": session };
    return gateway.chat(text, { stream: true }, headers);
  };
  await (await inSession("Spend [[sim: tokens=40]]", "spent")).text();
  const text = silent();
  const calls = await counted(async () => {
    const first = inSession(text, "spent");
    await gateway.simulator.whenHeld(1);
    const second = inSession(text, "fresh");
    await gateway.letGo(2);
    assert.deepEqual([markOf(await first), markOf(await second)], ["miss", "miss"]);
    assert.match(await (await first).text(), /"finish_reason":"length"/);
    assert.match(await (await second).text(), whole);
  });
  assert.equal(calls, 2);
});

test("STR-14 plain and streamed requests in turn: a call for each form", async () => {
  const text = silent();
  const answers: Promise<Response>[] = [];
  const calls = await counted(async () => {
    for (const stream of [true, false]) answers.push(ask(text, {}, stream));
    await gateway.simulator.whenHeld(2);
    for (let n = 0; n < 8; n += 1) answers.push(ask(text, {}, n % 2 === 0));
    await until("all wait", async () => ((await running("responses")) === 10 ? true : null));
    await gateway.letGo();
    const marks = await Promise.all(answers.map(async (each) => markOf(await each)));
    assert.deepEqual(marks.slice(0, 2), ["miss", "miss"]);
    assert.deepEqual(new Set(marks.slice(2)), new Set(["shared"]));
    await Promise.all(answers.map(async (each) => (await each).text()));
  });
  assert.equal(calls, 2);
});
