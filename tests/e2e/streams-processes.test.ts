import assert from "node:assert/strict";
import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { after, before, test } from "node:test";
import type { HealthReport } from "@sekisho/wire/admin/health.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { dialProcess } from "../harness/dial-process.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { SessionClient } from "../harness/session-client.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

/** Who leaves is gone within it, and who comes is there. */
const graceMs = 2_000;
/** STR-6 */
const promptMs = 100;
const secret = "a-key-that-two-processes-know";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const acme = { keys: [{ id: "shared", secret }] };
      const tenants = { ...steered.tenants, acme };
      return { ...steered, processes: 2, tenants, streams: { graceMs } };
    },
  });
});
after(() => gateway[Symbol.asyncDispose]());

/** Over a connection of its own, which the process named has taken. */
const ask = async (pid: number, line: string, body?: object): Promise<IncomingMessage> =>
  askOver(await dialProcess(gateway.url, pid), line, body);

function askOver(socket: Socket, line: string, body?: object): Promise<IncomingMessage> {
  const [method = "", path = ""] = line.split(" ");
  const headers = {
    authorization: `Bearer ${secret}`,
    "content-type": "application/json",
    "x-sekisho-resumable": "true",
  };
  return new Promise((resolve, reject) => {
    const options = { method, headers, createConnection: () => socket };
    const sent = request(new URL(path, gateway.url), options, resolve);
    sent.on("error", reject);
    sent.end(body === undefined ? "" : JSON.stringify(body));
  });
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of answer.setEncoding("utf8")) text += String(piece);
  return text;
}

async function begin(pid: number, text: string): Promise<{ answer: IncomingMessage; id: string }> {
  const messages = [{ role: "user", content: text }];
  const body = { model: "sole", stream: true, max_tokens: 1_000, messages };
  const answer = await ask(pid, "POST /v1/chat/completions", body);
  assert.equal(answer.statusCode, 200);
  await once(answer, "data");
  // Without a listener the rest would flow to nobody.
  answer.pause();
  return { answer, id: String(answer.headers["x-sekisho-stream"]) };
}

/** A response that is made in the background. */
async function beginLater(pid: number): Promise<string> {
  const body = { model: "sole", background: true, input: "Go on [[sim: tokens=1000 tps=40]]" };
  return String((await json(await ask(pid, "POST /v1/responses", body)))["id"]);
}

const json = async (answer: IncomingMessage): Promise<Record<string, unknown>> =>
  // An object, as the API has it.
  JSON.parse(await textOf(answer)) as Record<string, unknown>;

/** When the provider of the newest call saw its caller leave. */
const goneMs = (): Promise<number> =>
  until(
    "the provider sees its caller leave",
    () => gateway.simulator.calls().at(-1)?.clientGoneMs ?? null,
  );

/** The process that makes an answer, and the other one. */
async function processes(): Promise<{ readonly maker: number; readonly other: number }> {
  // The server's own report.
  const report = (await (await fetch(`${gateway.url}/health`)).json()) as HealthReport;
  const [maker, other] = (report.processes ?? []).map(({ pid }) => pid);
  assert.ok(typeof maker === "number" && typeof other === "number");
  return { maker, other };
}

test("STR-6 a reader in another process holds the answer, and lets it go", async () => {
  const { maker, other } = await processes();
  const held = await begin(maker, "Go on [[sim: tokens=80 pause=40]]");
  const reader = await ask(other, `GET /v1/streams/${held.id}`);
  held.answer.destroy();
  await gateway.letGo();
  assert.match(await textOf(reader), /"finish_reason":"stop"/);
  const left = await begin(maker, "Go on [[sim: tokens=1000 tps=40]]");
  const leaver = await ask(other, `GET /v1/streams/${left.id}`);
  left.answer.destroy();
  await once(leaver, "data");
  const leftMs = gateway.clock.monotonicMs();
  leaver.destroy();
  const tookMs = (await goneMs()) - leftMs;
  assert.ok(tookMs >= graceMs && tookMs < graceMs + 5_000, `${tookMs} ms`);
});

async function cancelled(): Promise<number> {
  const { maker, other } = await processes();
  const { answer, id } = await begin(maker, "Go on [[sim: tokens=1000 tps=40]]");
  const socket = await dialProcess(gateway.url, other);
  const askedMs = gateway.clock.monotonicMs();
  const told = await askOver(socket, `POST /v1/streams/${id}/cancel`);
  assert.deepEqual(await json(told), { id, status: "cancelled" });
  const tookMs = (await goneMs()) - askedMs;
  assert.match(await textOf(answer), /\[DONE\]/);
  for (const pid of [maker, other]) {
    const again = await ask(pid, `POST /v1/streams/${id}/cancel`);
    assert.deepEqual(await json(again), { id, status: "ended" });
  }
  return tookMs;
}

test("STR-6 cancel in another process ends the answer in 100 ms", () =>
  assertOnce(cancelled, { limitMs: promptMs }));

test("STR-6 a session cancels what another process makes", async () => {
  const { maker } = await processes();
  const made = await beginLater(maker);
  const response = `rsp_${made.slice("resp_".length)}`;
  // Connections go to the processes in turn: one of them is not the maker's.
  using first = new SessionClient(gateway.url, `?token=${secret}`);
  using second = new SessionClient(gateway.url, `?token=${secret}`);
  for (const client of [first, second]) {
    await client.next("authenticated");
    client.say({ type: "resume", response });
    await client.next("accepted");
  }
  first.say({ type: "cancel", response });
  for (const client of [first, second]) {
    // Nothing was said yet that could be kept.
    assert.equal((await client.next("error")).code, "cancelled");
  }
});

test("STR-5 a kept response is cancelled and taken away in another process", async () => {
  const { maker, other } = await processes();
  const made = await beginLater(maker);
  const cancelled = await ask(other, `POST /v1/responses/${made}/cancel`);
  assert.equal((await json(cancelled))["status"], "cancelled");
  const under = await beginLater(maker);
  for (const id of [made, under]) {
    const deleted = await ask(other, `DELETE /v1/responses/${id}`);
    assert.equal(deleted.statusCode, 200, await textOf(deleted));
    for (const pid of [maker, other]) {
      for (const method of ["GET", "DELETE"]) {
        const gone = await ask(pid, `${method} /v1/responses/${id}`);
        assert.equal(gone.statusCode, 404, await textOf(gone));
      }
    }
  }
});
