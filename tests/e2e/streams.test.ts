import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { SseReader, type SseFrame } from "../harness/sse-reader.ts";
import { until } from "../harness/until.ts";

/** A client is back within the one and done with reading within the other on any machine. */
const graceMs = 2_000;
const keepMs = 6_000;
/** Its answers end with their last reader. */
const impatient = { id: "impatient", secret: "a-key-without-any-grace" };
/** STR-6: what stopping may take. */
const promptMs = 100;

let gateway: GatewayUnderTest;
/** It ages while the other tests run. */
let early: Response;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const demo = { ...steered.tenants?.["demo"], keys: [{ ...impatient, streamGraceMs: 0 }] };
      return { ...steered, tenants: { demo }, streams: { graceMs, keepMs } };
    },
  });
  early = await ask("Hello");
  await new SseReader(early).rest();
});
after(() => gateway[Symbol.asyncDispose]());

const resumable = { "x-sekisho-resumable": "true" };

const ask = (text: string, path = "/v1/chat/completions", headers = {}): Promise<Response> =>
  gateway.post(
    path,
    {
      model: "sole",
      stream: true,
      max_tokens: 1_000,
      messages: [{ role: "user", content: text }],
    },
    { ...resumable, ...headers },
  );

const idOf = (answer: Response): string => answer.headers.get("x-sekisho-stream") ?? "";

const resume = (id: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.url}/v1/streams/${id}`, {
    headers: { authorization: `Bearer ${gateway.key}`, ...headers },
  });

/** When the provider of the newest call saw its caller leave. */
const goneMs = (): Promise<number> =>
  until(
    "the provider sees its caller leave",
    () => gateway.simulator.calls().at(-1)?.clientGoneMs ?? null,
  );

const makeKey = (order: object): Promise<Response> =>
  fetch(`${gateway.server.ready.urls["admin"]}/admin/keys`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.server.ready.adminKey}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ tenant: "demo", ...order }),
  });

const bare = (frames: readonly SseFrame[]): string[] =>
  frames.map(({ event, data }) => `${event ?? ""}|${data}`);

// Bytes that pass, and events that are translated.
for (const path of ["/v1/chat/completions", "/v1/messages"]) {
  test(`STR-5 who comes back gets the rest, each event once: ${path}`, async () => {
    const answer = await ask("Go on [[sim: tokens=40 pause=20]]", path);
    const id = idOf(answer);
    assert.match(id, /^rsp_[0-9a-z]{26}$/);
    const reader = new SseReader(answer);
    const seen: SseFrame[] = [];
    for (let n = 0; n < 7; n += 1) seen.push((await reader.next()) ?? assert.fail("too short"));
    await reader.leave();
    const place = seen.at(-1)?.id ?? "";
    assert.match(place, new RegExp(`^${id}:0:`));
    const again = new SseReader(await resume(id, { "last-event-id": place }));
    await gateway.letGo();
    seen.push(...(await again.rest()));
    const whole = await new SseReader(await resume(id)).rest();
    assert.deepEqual(bare(seen), bare(whole));
    assert.ok(whole.length >= 40);
    assert.deepEqual(new Set(whole.map(({ id: each }) => each)).size, whole.length);
    const over = await resume(id, { "last-event-id": whole.at(-1)?.id ?? "" });
    assert.equal(over.status, 204);
    // From each place in it, the rest of it.
    for (const [n, frame] of whole.entries()) {
      if (n % 9 !== 0) continue;
      const rest = await new SseReader(
        await resume(id, { "last-event-id": frame.id ?? "" }),
      ).rest();
      assert.deepEqual(bare(rest), bare(whole.slice(n + 1)));
    }
  });
}

test("STR-5 a plain call has no numbers, and its response cannot be found", async () => {
  const answer = await gateway.chat("Hello", { stream: true });
  assert.equal(answer.headers.get("x-sekisho-stream"), null);
  const frames = await new SseReader(answer).rest();
  assert.ok(frames.every(({ id }) => id === null));
  const id = answer.headers.get("x-request-id") ?? "";
  assert.equal((await resume(id)).status, 404);
});

test("STR-5 a response of another key is not found, like one that there never was", async () => {
  const answer = await ask("Hello");
  await new SseReader(answer).rest();
  const made = await makeKey({});
  const { secret } = (await made.json()) as { secret: string };
  const as = (key: string, id: string): Promise<Response> =>
    fetch(`${gateway.url}/v1/streams/${id}`, { headers: { authorization: `Bearer ${key}` } });
  const foreign = await as(secret, idOf(answer));
  const missing = await as(secret, `rsp_${"0".repeat(26)}`);
  assert.deepEqual([foreign.status, missing.status], [404, 404]);
  assert.equal((await as(gateway.key, idOf(answer))).status, 200);
  assert.equal((await as("nobody", idOf(answer))).status, 401);
});

const wasteOf = async (answer: Response): Promise<readonly [number, number, number]> => {
  const [row] = await gateway.rowsOf(answer);
  return [row?.delivered ?? -1, row?.wasted ?? -1, row?.output ?? -1];
};

test("STR-6 MON-14 a stream that was read to its end has wasted nothing", async () => {
  for (const answer of [await ask("Hello"), await gateway.chat("Hello", { stream: true })]) {
    await new SseReader(answer).rest();
    const [delivered, wasted, output] = await wasteOf(answer);
    assert.ok(output > 0);
    assert.deepEqual([delivered, wasted], [output, 0]);
  }
});

test("STR-6 MON-14 of a tab that was closed what came within its grace is wasted", async () => {
  const answer = await ask("Go on [[sim: tokens=100 tps=100]]");
  const reader = new SseReader(answer);
  for (let n = 0; n < 6; n += 1) await reader.next();
  await reader.leave();
  const [delivered, wasted, output] = await wasteOf(answer);
  assert.equal(delivered + wasted, output);
  assert.ok(delivered > 0 && wasted >= 20, `${delivered} delivered, ${wasted} wasted`);
});

test("STR-6 MON-14 of a plain stream nothing is made for a client that has left", async () => {
  const answer = await gateway.chat("Go on [[sim: tokens=40 pause=10]]", { stream: true });
  const reader = new SseReader(answer);
  for (let n = 0; n < 6; n += 1) await reader.next();
  await reader.leave();
  const [delivered, wasted, output] = await wasteOf(answer);
  assert.equal(delivered + wasted, output);
  assert.ok(delivered > 0 && wasted <= 1, `${delivered} delivered, ${wasted} wasted`);
});

async function cancelled(): Promise<number> {
  const answer = await ask("Go on [[sim: tokens=1000 tps=100]]");
  const reader = new SseReader(answer);
  for (let n = 0; n < 5; n += 1) await reader.next();
  const askedMs = gateway.clock.monotonicMs();
  const told = await gateway.post(`/v1/streams/${idOf(answer)}/cancel`, "");
  assert.deepEqual(await told.json(), { id: idOf(answer), status: "cancelled" });
  const tookMs = (await goneMs()) - askedMs;
  const frames = await reader.rest();
  assert.equal(frames.at(-1)?.data, "[DONE]");
  const [row] = await gateway.rowsOf(answer);
  assert.deepEqual([row?.outcome, row?.cause], ["cancelled", "cancelled"]);
  assert.ok(row !== undefined && row.output >= 5);
  const again = await gateway.post(`/v1/streams/${idOf(answer)}/cancel`, "");
  assert.deepEqual(await again.json(), { id: idOf(answer), status: "ended" });
  return tookMs;
}

test("STR-6 cancel closes the upstream within 100 ms and keeps what was said", () =>
  assertOnce(cancelled, { limitMs: promptMs }));

test("STR-6 an answer runs on without a reader, and is ended behind its grace", async () => {
  const answer = await ask("Go on [[sim: tokens=1000 tps=100]]");
  const reader = new SseReader(answer);
  await reader.next();
  const leftMs = gateway.clock.monotonicMs();
  await reader.leave();
  const tookMs = (await goneMs()) - leftMs;
  assert.ok(tookMs >= graceMs && tookMs < graceMs + 5_000, `${tookMs} ms`);
  const [row] = await gateway.rowsOf(answer);
  assert.deepEqual([row?.outcome, row?.cause], ["cancelled", "client_closed"]);
  // What was said until then can be read, and that it ended.
  const frames = await new SseReader(await resume(idOf(answer))).rest();
  assert.ok(frames.length > 20);
  assert.match(frames.at(-1)?.data ?? "", /client_closed/);
});

/** Asks with a key, and leaves behind the first event. */
async function leave(secret: string, headers = {}): Promise<Response> {
  const authorization = `Bearer ${secret}`;
  const text = "Go on [[sim: tokens=1000 tps=100]]";
  const answer = await ask(text, "/v1/chat/completions", { ...headers, authorization });
  const reader = new SseReader(answer);
  await reader.next();
  await reader.leave();
  return answer;
}

for (const [name, headers] of [
  ["resumable", {}],
  ["once", { "idempotency-key": "without-any-grace" }],
] as const) {
  test(`STR-6 the grace of a key of the configuration is its own: ${name}`, async () => {
    const answer = await leave(impatient.secret, headers);
    const leftMs = gateway.clock.monotonicMs();
    const tookMs = (await goneMs()) - leftMs;
    assert.ok(tookMs < graceMs, `${tookMs} ms`);
    const [row] = await gateway.rowsOf(answer);
    assert.deepEqual([row?.outcome, row?.cause], ["cancelled", "client_closed"]);
  });
}

test("STR-6 the grace of a key made at run time is its own", async () => {
  const refused = await makeKey({ streamGraceMs: 3_600_001 });
  assert.deepEqual(
    [refused.status, ((await refused.json()) as { detail: string }).detail],
    [400, "Cannot read the body: streamGraceMs must be an integer from 0 to 3600000, or null"],
  );
  const made = await makeKey({ streamGraceMs: 60_000 });
  const { key, secret } = (await made.json()) as KeyWithSecret;
  assert.equal(key.streamGraceMs, 60_000);
  const patient = await leave(secret);
  // That one of the usual grace, left later, ends before it.
  await leave(gateway.key);
  await goneMs();
  const told = await fetch(`${gateway.url}/v1/streams/${idOf(patient)}/cancel`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
  });
  assert.deepEqual(await told.json(), { id: idOf(patient), status: "cancelled" });
});

test("STR-5 behind its time a response is gone: 410", async () => {
  const status = await until("the response expires", async () => {
    const { status: now } = await resume(idOf(early));
    return now === 200 ? null : now;
  });
  assert.equal(status, 410);
});

test("STR-5 what is no place in the response is refused: 400", async () => {
  const answer = await ask("Hello");
  await new SseReader(answer).rest();
  for (const place of ["x", `rsp_${"0".repeat(26)}:0:1`, "-1", "1.5"]) {
    assert.equal((await resume(idOf(answer), { "last-event-id": place })).status, 400);
  }
  const wrong = await ask("Hello", "/v1/chat/completions", { "x-sekisho-resumable": "yes" });
  assert.equal(wrong.status, 400);
});
