import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import OpenAI from "openai";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import { readLedgerFile } from "../harness/ledger-file.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { SseReader } from "../harness/sse-reader.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

let simulator: Simulator;
let data: string;
/** The keys of a start; a later one on the same folder has none to show. */
let key: string | null = null;

const windowMs = 3_000;

async function start(): Promise<ServerProcess> {
  const config = steeredConfig(simulator.url);
  const idempotency = { contentWindowMs: windowMs, replayMs: 30_000 };
  const server = await ServerProcess.start({
    config: JSON.stringify({ ...config, idempotency }),
    data,
  });
  key ??= server.ready.demoKey;
  return server;
}

type Headers = Readonly<Record<string, string>>;

const post = ({ url }: ServerProcess, text: string, headers: Headers, stream = true) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify({
      model: "sole",
      stream,
      max_tokens: 1_000,
      messages: [{ role: "user", content: text }],
    }),
  });

const named = (name: string): Headers => ({ "idempotency-key": name });

const isReplayed = ({ headers }: Response): boolean => headers.get("x-sekisho-replayed") === "true";

const whole = "Hello [[sim: tokens=10]]";
const long = "Go on [[sim: tokens=400 tps=50]]";

/** What the life before the crash has answered, whole and as a stream. */
const answered: string[] = [];

let second: ServerProcess;
before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new SystemClock() });
  data = await mkdtemp(join(tmpdir(), "sekisho-idempotency-"));
  const first = await start();
  for (const stream of [false, true]) {
    answered.push(await (await post(first, whole, named(`kept-${stream}`), stream)).text());
  }
  const asked = simulator.calls().length;
  const cut = post(first, long, named("cut-false"), false).catch(() => null);
  const reader = new SseReader(await post(first, long, named("cut-true")));
  await reader.next();
  // Their intents were durable before the provider was asked.
  await until("the provider was asked", () => simulator.calls().length >= asked + 2 || null);
  await first.kill("SIGKILL");
  await Promise.all([cut, reader.leave().catch(() => {})]);
  await first[Symbol.asyncDispose]();
  second = await start();
});
after(async () => {
  await second[Symbol.asyncDispose]();
  await simulator.close();
  await rm(data, { recursive: true, force: true });
});

for (const stream of [true, false]) {
  const how = stream ? "in mid-stream" : "before a whole answer";
  test(`STR-13 SIGKILL ${how}: 409 outcome_unknown, no second call`, async () => {
    const asked = simulator.calls().length;
    const name = named(`cut-${stream}`);
    for (let n = 0; n < 2; n += 1) {
      const again = await post(second, long, name, stream);
      const said = await again.text();
      assert.equal(again.status, 409, said);
      assert.equal(again.headers.get("x-sekisho-cause"), "outcome_unknown");
      assert.equal(again.headers.get("x-should-retry"), "false");
      const [, ledgerId] = /"ledgerId": ?"req_([0-9a-z]{26})"/.exec(said) ?? [];
      const row = readLedgerFile(data).rows.find(({ id }) => id === ledgerId);
      assert.equal(row?.outcome, "unknown", said);
    }
    const other = await post(second, "Another [[sim: tokens=1]]", name, stream);
    assert.equal(other.status, 422, await other.text());
    assert.equal(simulator.calls().length, asked);
  });

  test(`STR-13 what was answered before SIGKILL is answered after, stream ${stream}`, async () => {
    const asked = simulator.calls().length;
    const again = await post(second, whole, named(`kept-${stream}`), stream);
    assert.ok(isReplayed(again));
    assert.equal(await again.text(), answered[stream ? 1 : 0]);
    assert.equal(simulator.calls().length, asked);
  });
}

test("STR-13 the openai SDK is told outcome_unknown once, and does not try again", async () => {
  let sent = 0;
  const client = new OpenAI({
    apiKey: key ?? "",
    baseURL: `${second.url}/v1`,
    maxRetries: 3,
    fetch: (url, init) => {
      sent += 1;
      return fetch(url, init);
    },
  });
  const asked = simulator.calls().length;
  const messages = [{ role: "user" as const, content: long }];
  const request = { model: "sole", stream: false, max_tokens: 1_000, messages } as const;
  const failure = client.chat.completions.create(request, { headers: named("cut-false") });
  await assert.rejects(failure, (error: unknown) => {
    assert.ok(error instanceof OpenAI.ConflictError, String(error));
    assert.equal(error.code, "outcome_unknown");
    return true;
  });
  assert.deepEqual([sent, simulator.calls().length], [1, asked]);
});

test("STR-13 what says the same within the window is one call, by user and session", async () => {
  const text = "Twice [[sim: tokens=20 tps=100]]";
  const who = { "x-sekisho-user": "u1", "x-sekisho-session": "s1" };
  const before = simulator.calls().length;
  const [one, two] = await Promise.all([post(second, text, who), post(second, text, who)]);
  const [said, same] = await Promise.all([one.text(), two.text()]);
  assert.equal(same, said);
  const third = await post(second, text, who);
  assert.ok(isReplayed(third));
  assert.equal(await third.text(), said);
  assert.equal(simulator.calls().length - before, 1);
  const other = await post(second, text, { ...who, "x-sekisho-session": "s2" });
  assert.ok(!isReplayed(other));
  await other.text();
  assert.equal(simulator.calls().length - before, 2);
  // A window behind the last repetition it is a request like any other.
  const again = await until("the window has passed", async () => {
    await new Promise((resolve) => setTimeout(resolve, windowMs + 200));
    const answer = await post(second, text, who);
    await answer.text();
    return isReplayed(answer) ? null : answer;
  });
  assert.equal(again.status, 200);
  assert.equal(simulator.calls().length - before, 3);
});
