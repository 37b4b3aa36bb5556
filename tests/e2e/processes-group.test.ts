import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { CircuitList, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { HealthReport, ProcessHealth } from "@sekisho/wire/admin/health.ts";
import type { LiveFrame } from "@sekisho/wire/admin/live.ts";
import { askFresh, type Asking, type FreshAnswer } from "../harness/ask-fresh.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({
    config: (simulatorUrl) => ({ ...steeredConfig(simulatorUrl), processes: 2 }),
  });
});
after(() => operated[Symbol.asyncDispose]());

const adminKey = (): string => operated.gateway.server.ready.adminKey ?? "";

const fresh = (path: string, asking?: Asking): Promise<FreshAnswer> =>
  askFresh(new URL(path, operated.gateway.url), asking);

const chat = (): Promise<FreshAnswer> =>
  fresh("/v1/chat/completions", {
    method: "POST",
    headers: {
      authorization: `Bearer ${operated.gateway.key}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      model: "sole",
      messages: [{ role: "user", content: "Hello" }],
      max_tokens: 10,
    }),
  });

/** So many in a row meet each process. */
const several = 8;

const statuses = async (ask: () => Promise<FreshAnswer>): Promise<number[]> => {
  const found: number[] = [];
  for (let n = 0; n < several; n += 1) found.push((await ask()).status);
  return [...new Set(found)];
};

async function processes(): Promise<readonly ProcessHealth[]> {
  // The server's own report.
  return (JSON.parse((await fresh("/health")).text) as HealthReport).processes ?? [];
}

/** As `GET /admin/circuits` has it, whichever process answers. */
async function circuits(): Promise<readonly CircuitView[]> {
  const headers = { authorization: `Bearer ${adminKey()}` };
  const { text } = await fresh("/admin/circuits", { headers });
  return (JSON.parse(text) as CircuitList).circuits; // ours
}

test("RTE-19 a circuit is shown as it is in each process, whichever answers", async () => {
  for (let n = 0; n < several; n += 1) {
    for (const { id, processes: in_ } of await circuits()) {
      assert.deepEqual(
        in_?.map(({ process, state }) => `${process} ${state}`),
        ["1 closed", "2 closed"],
        id,
      );
    }
  }
});

test("CON-1 the live view shows the calls of all processes", async () => {
  const before = await liveRequests();
  for (let n = 0; n < several; n += 1) assert.equal((await chat()).status, 200);
  for (let n = 0; n < 4; n += 1) {
    await until("all are shown", async () =>
      (await liveRequests()) === before + several ? true : null,
    );
  }
});

/** Calls of the last 15 minutes, by the first frame of a view. */
async function liveRequests(): Promise<number> {
  const ending = new AbortController();
  const headers = { authorization: `Bearer ${adminKey()}`, connection: "close" };
  const url = `${operated.gateway.server.ready.urls["admin"]}/admin/live`;
  const { body } = await fetch(url, { headers, signal: ending.signal });
  assert.ok(body);
  let text = "";
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (/^data: .*\n\n/m.test(text)) break;
  }
  ending.abort();
  const [, data = ""] = /^data: (.*)$/m.exec(text) ?? [];
  const { slots } = JSON.parse(data) as LiveFrame; // ours
  return slots.reduce((sum, { requests }) => sum + requests, 0);
}

test("RTE-19 SEC-11 holds and sign-ins outlive each of the processes", async () => {
  const json = { "content-type": "application/json" };
  const opened = await fresh("/admin/session", {
    method: "POST",
    headers: json,
    body: JSON.stringify({ key: adminKey() }),
  });
  const [cookie = ""] = String(opened.headers["set-cookie"]).split(";");
  const headers = { authorization: `Bearer ${adminKey()}`, ...json };
  const command = async (name: string) => {
    const body = JSON.stringify({ command: name });
    const { status } = await fresh("/admin/circuits/*", { method: "POST", headers, body });
    assert.equal(status, 200);
  };
  await command("force-open");
  for (const index of [0, 1]) {
    const victim = (await processes())[index];
    assert.ok(typeof victim?.pid === "number");
    process.kill(victim.pid, "SIGKILL");
    await until(
      "the process is back",
      async () => {
        const now = await processes().catch(() => []);
        const isBack = now[index]?.restarts === victim.restarts + 1;
        return isBack && now.every(({ state }) => state === "serving") ? true : null;
      },
      15_000,
    );
    assert.deepEqual(await statuses(chat), [503]);
    assert.deepEqual(await statuses(() => fresh("/admin/whoami", { headers: { cookie } })), [200]);
  }
  await command("reset");
  assert.deepEqual(await statuses(chat), [200]);
});
