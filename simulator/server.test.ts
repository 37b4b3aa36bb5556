import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { noTokens } from "./reply.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "./server.ts";

const wall = new SystemClock();
let clock: VirtualClock;
let simulator: Simulator;

const start = async (options: Partial<SimulatorOptions> = {}): Promise<Simulator> =>
  startSimulator({ port: 0, seed: 1, clock, ...options });

beforeEach(async () => {
  clock = new VirtualClock();
  simulator = await start();
});
afterEach(async () => {
  await simulator.close();
  assert.equal(clock.pendingTimers, 0, "a timer was left behind");
});

const turn = (): Promise<void> => new Promise((resolve) => wall.soon(resolve));

const until = async (isSo: () => boolean): Promise<void> => {
  for (let n = 0; n < 200_000; n++) {
    if (isSo()) return;
    await turn();
  }
  assert.fail("waited in vain");
};

const chat = (text: string, more: object = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify({ model: "gpt-4", messages: [{ role: "user", content: text }], ...more }),
});

const ask = (text: string, more: object = {}, prefix: string = ""): Promise<Response> =>
  fetch(`${simulator.url}${prefix}/v1/chat/completions`, chat(text, more));

const json = async (response: Response | Promise<Response>): Promise<unknown> =>
  (await response).json();

/** What stands at a path of names and indexes: `dig(body, "error.code")`. */
const dig = (value: unknown, path: string): unknown =>
  path.split(".").reduce((at: unknown, name) => Reflect.get(Object(at), name), value);

const control = (path: string, body: object = {}): Promise<Response> =>
  fetch(`${simulator.url}/_sim/${path}`, { method: "POST", body: JSON.stringify(body) });

const show = (path: string): Promise<unknown> => json(fetch(`${simulator.url}/_sim/${path}`));

test("SIM-1 regions are prefixes of the path; the bill keeps them apart", async () => {
  for (const prefix of ["", "/global", "/us-east-1", "/us-west-2", "/ap-northeast-1"]) {
    assert.equal((await ask("Say hi", {}, prefix)).status, 200);
  }
  assert.equal((await ask("Say hi", {}, "/eu-west-9")).status, 404);
  const { lines } = simulator.bill();
  assert.deepEqual(
    lines.map(({ region, calls }) => [region, calls]),
    [
      ["global", 2],
      ["us-east-1", 1],
      ["us-west-2", 1],
      ["ap-northeast-1", 1],
    ],
  );
});

test("SIM-1 it serves loopback addresses only", async () => {
  for (const host of ["0.0.0.0", "::", "192.168.1.1", "example.com", "127.0.0.1.example.com"]) {
    await assert.rejects(start({ host }), /loopback addresses only/);
  }
  const six = await start({ host: "::1" });
  assert.match(six.url, /^http:\/\/\[::1\]:\d+$/);
  await six.close();
});

test("a port that is taken is an error, not a crash", () =>
  assert.rejects(start({ port: simulator.port }), /EADDRINUSE/));

test("SIM-1 any key is accepted, unless keys were configured", async () => {
  const strict = await start({ keys: ["sk-1", "sk-2"] });
  const call = async (authorization?: string): Promise<number> => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const url = `${strict.url}/v1/chat/completions`;
    return (await fetch(url, { ...chat("Say hi"), headers })).status;
  };
  assert.deepEqual(
    [await call("Bearer sk-2"), await call("Bearer sk-3"), await call(), await call("sk-1 ")],
    [200, 401, 401, 200],
  );
  await strict.close();
});

test("wrong requests are refused in the dialect's shape, and cost nothing", async () => {
  const bad = await ask("[[sim:fault=418]]");
  assert.equal(bad.status, 400);
  assert.equal(dig(await json(bad), "error.code"), "invalid_sim_marker");
  const empty = await fetch(`${simulator.url}/v1/chat/completions`, { method: "POST" });
  assert.equal(dig(await json(empty), "error.type"), "invalid_request_error");
  const get = await fetch(`${simulator.url}/v1/chat/completions`);
  assert.equal(get.status, 405);
  assert.equal((await fetch(`${simulator.url}/v1/images`, { method: "POST" })).status, 404);
  assert.equal((await fetch(`${simulator.url}/v1/models/%ff`)).status, 404);
  const { total } = simulator.bill();
  assert.deepEqual([total.calls, total.outcomes.error, total.costNanoUsd], [2, 2, 0n]);
});

test("a body beyond 32 MiB is refused when it has been read", async () => {
  const body = Buffer.alloc(32 * 2 ** 20 + 1, " ");
  const response = await fetch(`${simulator.url}/v1/chat/completions`, { method: "POST", body });
  assert.equal(response.status, 413);
  assert.equal((await ask("Say hi")).status, 200);
});

test("SIM-2 the same seed and the same bytes give the same bytes", async () => {
  const texts = ["Hello", "[[sim:tokens=30]] こんにちは", "Hello"];
  const run = async (seed: number): Promise<string[]> => {
    const own = await start({ seed });
    const url = `${own.url}/v1/chat/completions`;
    const bodies: string[] = [];
    for (const text of texts) bodies.push(await (await fetch(url, chat(text))).text());
    await own.close();
    return bodies;
  };
  const [one, two, other] = [await run(5), await run(5), await run(6)];
  assert.deepEqual(one, two);
  assert.notDeepEqual(one, other);
});

test("SIM-2 the first token and the pace come when the clock says so", async () => {
  const response = ask("Hello", { stream: true, model: "sim.first-200.tps-10.tokens-5" });
  await until(() => simulator.calls()[0]?.state === "answering");
  const [call] = simulator.calls();
  const produced: number[] = [];
  for (let n = 0; n < 6; n++) {
    produced.push(call?.producedTokens ?? -1);
    clock.advanceBy(n === 0 ? 199 : 1);
    if (n > 0) clock.advanceBy(99);
  }
  assert.deepEqual(produced, [0, 0, 1, 2, 3, 4]);
  clock.advanceBy(100);
  assert.equal(call?.outcome, "complete");
  assert.equal(call.firstByteMs, 200);
  assert.equal(call.endedMs, 600);
  assert.ok((await (await response).text()).endsWith("data: [DONE]\n\n"));
});

test("SIM-2 a plain answer leaves with its last token; who leaves earlier pays less", async () => {
  const model = "sim.first-100.tps-10.tokens-20";
  const whole = ask("Hello", { model });
  await until(() => simulator.calls()[0]?.state === "answering");
  clock.advanceBy(2_099);
  assert.equal(simulator.calls()[0]?.outcome, null);
  clock.advanceBy(1);
  assert.equal(dig(await json(whole), "usage.completion_tokens"), 20);

  const leaver = new AbortController();
  const url = `${simulator.url}/v1/chat/completions`;
  const left = fetch(url, { ...chat("Hello", { model }), signal: leaver.signal });
  await until(() => simulator.calls()[1]?.state === "answering");
  clock.advanceBy(100);
  clock.advanceBy(550);
  leaver.abort();
  await assert.rejects(left);
  const call = simulator.calls()[1];
  await until(() => call?.state === "ended");
  assert.deepEqual([call?.outcome, call?.tokens.output], ["client_gone", 5]);
});

test("SIM-2 held calls wait for the release, N of them at once", async () => {
  simulator.setScenarios([{ name: "gather", hold: true }]);
  const answers = Array.from({ length: 50 }, (_, n) => ask(`Say ${n}`));
  const released = await json(control("release", { whenHeld: 50 }));
  assert.deepEqual(released, { released: 50 });
  const said = await Promise.all(answers.map((answer) => json(answer)));
  assert.deepEqual(
    said.map((body) => dig(body, "choices.0.message.content")),
    Array.from({ length: 50 }, (_, n) => String(n)),
  );
});

test("SIM-2 a paused stream waits behind its tokens for the release", async () => {
  const body = await ask("Go on [[sim: tokens=9 pause=4]]", { stream: true });
  const heard = body.text();
  await simulator.whenHeld(1);
  assert.equal(simulator.calls()[0]?.producedTokens, 4);
  assert.equal(simulator.release(), 1);
  const pieces = (await heard).match(/"content":"[^"]+"/g);
  assert.equal(pieces?.length, 9);
});

test("SIM-2 a paused plain answer waits before it leaves, one that is left is out", async () => {
  const leaver = new AbortController();
  const url = `${simulator.url}/v1/chat/completions`;
  const left = fetch(url, { ...chat("x [[sim: pause=4]]"), signal: leaver.signal });
  await simulator.whenHeld(1);
  leaver.abort();
  await assert.rejects(left);
  await until(() => simulator.calls()[0]?.state === "ended");
  assert.equal(simulator.release(), 0);
  const answer = ask("Say so [[sim: pause=4]]");
  await simulator.whenHeld(1);
  assert.equal(simulator.release(), 1);
  assert.equal(dig(await json(answer), "choices.0.message.content"), "so");
});

test("SIM-2 a release for more calls than come gives up in time", async () => {
  const waiting = control("release", { whenHeld: 2, timeoutMs: 500 });
  await until(() => clock.pendingTimers === 1);
  clock.advanceBy(500);
  assert.equal((await waiting).status, 408);
});

test("SIM-2 a client that leaves while it is held is gone from the gate too", async () => {
  const leaver = new AbortController();
  const url = `${simulator.url}/v1/chat/completions`;
  const left = fetch(url, { ...chat("x [[sim:hold]]"), signal: leaver.signal });
  await simulator.whenHeld(1);
  leaver.abort();
  await assert.rejects(left);
  await until(() => simulator.calls()[0]?.state === "ended");
  assert.equal(simulator.calls()[0]?.outcome, "client_gone");
  assert.equal(simulator.release(), 0);
});

test("a client that leaves in the middle of its request is billed nothing", async () => {
  const socket = connect(simulator.port, "127.0.0.1");
  socket.write("POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{");
  await until(() => simulator.calls().length === 1);
  socket.destroy();
  await until(() => simulator.calls()[0]?.state === "ended");
  const [call] = simulator.calls();
  assert.deepEqual([call?.outcome, call?.costNanoUsd], ["client_gone", 0]);
});

test("a reader that does not read holds the writer back", async () => {
  const body = JSON.stringify({
    model: "sim.fault-endless",
    stream: true,
    messages: [{ role: "user", content: "x" }],
  });
  const slow = httpRequest(`${simulator.url}/v1/chat/completions`, { method: "POST" });
  slow.on("response", (response) => response.pause());
  slow.on("error", () => undefined);
  slow.end(body);
  let last = -1;
  let still = 0;
  await until(() => {
    const now = simulator.calls()[0]?.bytesWritten ?? 0;
    still = now > 0 && now === last ? still + 1 : 0;
    last = now;
    return still > 2_000;
  });
  assert.ok(last < 32 * 2 ** 20, `${last} bytes were written to a reader that does not read`);
  assert.equal((await ask("Say hi")).status, 200);
  slow.destroy();
  await until(() => simulator.calls()[0]?.state === "ended");
});

test("SIM-2 scenarios are set, added, listed with what they did, and reset", async () => {
  const rules = [
    { name: "outage", match: { region: "us-east-1" }, fault: "503" },
    { name: "first only", match: { times: 1 }, fault: "429", retryAfter: "7" },
  ];
  assert.equal((await control("scenario", { rules })).status, 200);
  assert.equal((await ask("x", {}, "/us-east-1")).status, 429);
  assert.equal((await ask("x", {}, "/us-east-1")).status, 503);
  assert.equal((await ask("x", {}, "/us-west-2")).status, 200);
  const added = { add: true, rules: [{ name: "more", fault: "none" }] };
  const listed = await json(control("scenario", added));
  assert.deepEqual(
    [0, 1, 2].map((n) => ["name", "matched", "fired"].map((f) => dig(listed, `rules.${n}.${f}`))),
    [
      ["outage", 2, 2],
      ["first only", 3, 1],
      ["more", 0, 0],
    ],
  );
  assert.equal((await ask("x", {}, "/us-east-1")).status, 200);
  assert.deepEqual(simulator.calls().at(-1)?.scenarios, ["outage", "more"]);
  assert.equal((await control("scenario", { preset: "human" })).status, 200);
  assert.equal(dig(await show("scenario"), "rules.0.tokensPerSecond"), 60);
  await control("reset");
  assert.deepEqual(await show("scenario"), { rules: [] });
});

test("SIM-2 a marker goes before a scenario, a header before both", async () => {
  simulator.setScenarios([{ name: "outage", fault: "503" }]);
  assert.equal((await ask("x [[sim:fault=none]]")).status, 200);
  const url = `${simulator.url}/v1/chat/completions`;
  const headers = { "X-Sim": "fault=429" };
  assert.equal((await fetch(url, { ...chat("x [[sim:fault=none]]"), headers })).status, 429);
});

test("SIM-2 the journal tells what was received, and how it ended", async () => {
  const url = `${simulator.url}/us-west-2/v1/chat/completions`;
  const headers = { authorization: "Bearer sk-secret", "x-request-id": "r1" };
  await (await fetch(url, { ...chat("Say hi"), headers })).text();
  await (await ask("x [[sim:fault=500]]")).text();
  const listed = await show("requests?outcome=complete");
  assert.deepEqual(
    ["received", "running", "held"].map((name) => dig(listed, name)),
    [2, 0, 0],
  );
  const call = dig(listed, "requests.0");
  assert.equal(dig(call, "region"), "us-west-2");
  assert.equal(dig(call, "headers.x-request-id"), "r1");
  assert.match(String(dig(call, "headers.authorization")), /^sha256:/);
  assert.match(String(dig(call, "bodySha256")), /^[\da-f]{64}$/);
  assert.deepEqual(dig(call, "tokens"), { ...noTokens, input: 9, output: 1 });
  assert.equal(dig(await show("requests?after=1"), "requests.length"), 1);
  assert.equal(dig(await show("requests?limit=0"), "requests.length"), 0);
  const id = String(dig(call, "id"));
  assert.equal(dig(await show(`requests?id=${id}`), "requests.0.seq"), 1);
  assert.match(String(dig(await show("requests?regoin=x"), "error")), /Unknown field/);
});

test("SIM-3 the bill follows the prices it was told", async () => {
  const prices = { "gpt-4": { input: 1_000_000, output: 2_000_000 } };
  assert.equal((await control("prices", { prices })).status, 200);
  await (await ask("Say hi")).text();
  const bill = await show("bill");
  assert.equal(dig(bill, "total.costNanoUsd"), 9 * 1 + 1 * 2);
  assert.deepEqual([dig(bill, "lines.length"), dig(bill, "running")], [1, 0]);
  const wrong = await control("prices", { prices: { m: { input: 0.5, output: 1 } } });
  assert.deepEqual([wrong.status, dig(await json(wrong), "param")], [400, "prices.m.input"]);
});

test("SIM-2 a reset forgets, releases and begins the same answers again", async () => {
  const first = await (await ask("Hello")).text();
  const held = ask("Hello [[sim:hold]]");
  await simulator.whenHeld(1);
  simulator.reset();
  assert.equal((await held).status, 200);
  assert.deepEqual([simulator.calls().length, simulator.bill().total.calls], [0, 0]);
  assert.equal(await (await ask("Hello")).text(), first);
  simulator.reset(2);
  assert.notEqual(await (await ask("Hello")).text(), first);
});

const refused: readonly [path: string, body: unknown, status: number][] = [
  ["scenario", { rules: [{ fault: "429" }] }, 400],
  ["scenario", { rules: "all" }, 400],
  ["scenario", { rules: [], extra: 1 }, 400],
  ["scenario", { preset: "constructor" }, 400],
  ["scenario", { rules: Array.from({ length: 101 }, (_, n) => ({ name: `${n}` })) }, 400],
  ["scenario", [], 400],
  ["release", { whenHeld: 0.5 }, 400],
  ["reset", { seed: -1 }, 400],
  ["prices", {}, 400],
  ["nothing", {}, 404],
];
for (const [path, body, status] of refused) {
  test(`POST /_sim/${path} refuses ${JSON.stringify(body).slice(0, 40)}`, async () =>
    assert.equal((await control(path, body as object)).status, status));
}

test("a control body that is no JSON, or too long, is refused", async () => {
  const send = (body: string): Promise<Response> =>
    fetch(`${simulator.url}/_sim/scenario`, { method: "POST", body });
  assert.equal((await send("{")).status, 400);
  assert.equal((await send(" ".repeat(2 ** 20 + 1))).status, 400);
});

test("pipelined requests are answered in order", async () => {
  const body = (n: number): string =>
    JSON.stringify({ model: "m", messages: [{ role: "user", content: `Say ${n}` }] });
  const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length:";
  const requests = [1, 2, 3].map((n) => `${head} ${body(n).length}\r\n\r\n${body(n)}`);
  const socket = connect(simulator.port, "127.0.0.1");
  let heard = "";
  socket.on("data", (part) => (heard += part.toString()));
  socket.write(requests.join(""));
  await until(() => heard.split("chat.completion").length === 4);
  socket.destroy();
  const said = [...heard.matchAll(/"content":"(\d)"/g)].map((found) => found[1]);
  assert.deepEqual(said, ["1", "2", "3"]);
});

test("close() ends calls that are under way", async () => {
  const own = await start();
  const url = `${own.url}/v1/chat/completions`;
  const stalled = fetch(url, chat("x [[sim:fault=stall-head]]"));
  await until(() => own.calls()[0]?.state === "answering");
  await own.close();
  await assert.rejects(stalled);
  await until(() => own.calls()[0]?.state === "ended");
});
