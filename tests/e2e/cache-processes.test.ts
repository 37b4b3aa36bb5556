import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import type { HealthReport } from "@sekisho/wire/admin/health.ts";
import { dialProcess } from "../harness/dial-process.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const secret = "a-key-that-two-processes-know";

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (url) => {
      const steered = steeredConfig(url);
      const { rates } = steered.tenants?.["demo"] ?? {};
      const acme = { rates, keys: [{ id: "shared", secret }] };
      return { ...steered, processes: 2, tenants: { ...steered.tenants, acme } };
    },
  });
});
after(() => gateway[Symbol.asyncDispose]());

interface Told {
  readonly mark: string | undefined;
  readonly text: string;
}

/** Over a connection of its own, which the process named has taken. */
async function ask(pid: number, content: string, said: string): Promise<Told> {
  const socket = await dialProcess(gateway.url, pid);
  const headers = {
    authorization: `Bearer ${secret}`,
    "content-type": "application/json",
    "x-sekisho-cache": said,
  };
  const messages = [{ role: "user", content }];
  return new Promise((resolve, reject) => {
    const options = { method: "POST", headers, createConnection: () => socket };
    const sent = request(new URL("/v1/chat/completions", gateway.url), options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
      const mark = answer.headers["x-sekisho-cache"];
      answer.on("end", () => resolve({ mark: Array.isArray(mark) ? mark[0] : mark, text }));
    });
    sent.on("error", reject);
    sent.end(JSON.stringify({ model: "sole", max_tokens: 100, messages }));
  });
}

test("STR-14 what one process has renewed is given by the other one too", async () => {
  const report = (await (await fetch(`${gateway.url}/health`)).json()) as HealthReport;
  const [one = 0, other = 0] = (report.processes ?? []).map(({ pid }) => pid ?? 0);
  const content = "Who has asked anew? [[sim: tokens=12]]";
  const first = await ask(one, content, "ttl");
  // It holds the answer in its memory from here on.
  const shared = await until("the other one has it", async () => {
    const told = await ask(other, content, "ttl");
    return told.mark === "hit" ? told : null;
  });
  // It may not have known of the file before it has asked itself.
  const known = new Set([first.text, shared.text]);
  const renewed = await ask(one, content, "refresh");
  assert.deepEqual([renewed.mark, known.has(renewed.text)], ["refresh", false]);
  assert.deepEqual(await ask(one, content, "ttl"), { mark: "hit", text: renewed.text });
  await until("the other one has learnt of it", async () => {
    const told = await ask(other, content, "ttl");
    assert.equal(told.mark, "hit");
    return told.text === renewed.text ? true : null;
  });
});
