import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { LiveFrame } from "@sekisho/wire/admin/live.ts";
import type { SessionView } from "@sekisho/wire/admin/session.ts";
import { ensureConsole } from "../../scripts/console/ensure-console.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

before(async () => {
  const ensured = await ensureConsole(join(import.meta.dirname, "../.."), () => {});
  assert.notEqual(ensured.kind, "failed", ensured.kind === "failed" ? ensured.why : "");
});

interface Heard {
  readonly event: string;
  readonly frame: LiveFrame;
}

/** Frames of an answer of `GET /admin/live`, one after the other. */
async function* framesOf(response: Response): AsyncGenerator<Heard> {
  assert.ok(response.body !== null);
  let event = "";
  const body = Readable.fromWeb(response.body);
  for await (const line of createInterface({ input: body })) {
    if (line.startsWith("event: ")) event = line.slice("event: ".length);
    if (!line.startsWith("data: ")) continue;
    // The server's own answer, of the shape that it shares with the console.
    yield { event, frame: JSON.parse(line.slice("data: ".length)) as LiveFrame };
  }
}

describe("the console of a gateway on loopback", () => {
  let gateway: GatewayUnderTest;
  before(async () => {
    gateway = await GatewayUnderTest.start();
  });
  after(() => gateway[Symbol.asyncDispose]());

  const bearer = () => ({ authorization: `Bearer ${gateway.server.ready.adminKey}` });

  test("its pages are announced and served beside the API, and / leads to them", async () => {
    assert.equal(gateway.server.ready.urls["console"], `${gateway.url}/console`);
    const entry = await fetch(`${gateway.url}/`);
    assert.equal(entry.url, `${gateway.url}/console/`);
    assert.equal(entry.headers.get("content-type"), "text/html; charset=utf-8");
    const html = await entry.text();
    const [asset = ""] = /\/console\/assets\/[\w.-]+\.js/.exec(html) ?? [];
    const script = await fetch(`${gateway.url}${asset}`);
    assert.equal(script.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(script.headers.get("content-encoding"), "gzip");
    assert.match(await script.text(), /createRoot|react/i);
    assert.doesNotMatch(html, /<script(?![^>]*src=)|style=|<style/);
  });

  test("SEC-11 the cookie of a sign-in opens the admin API, without it nothing does", async () => {
    const refused = await fetch(`${gateway.url}/admin/live`);
    assert.equal(refused.status, 401);
    const signedIn = await fetch(`${gateway.url}/admin/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ key: gateway.server.ready.adminKey }),
    });
    assert.equal(signedIn.status, 201);
    const { csrf } = (await signedIn.json()) as SessionView;
    const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const status = async (path: string, init: RequestInit): Promise<number> =>
      (await fetch(`${gateway.url}${path}`, init)).status;
    assert.equal(await status("/admin/usage", { headers: { cookie } }), 200);
    assert.equal(
      await status("/admin/config/reload", { method: "POST", headers: { cookie } }),
      403,
    );
    const paged = { cookie, "x-sekisho-csrf": csrf ?? "" };
    assert.equal(await status("/admin/config/reload", { method: "POST", headers: paged }), 200);
    assert.equal(await status("/admin/session", { method: "DELETE", headers: paged }), 200);
    assert.equal(await status("/admin/usage", { headers: { cookie } }), 401);
  });

  test("CON-1 a live view tells a call within two seconds, its money from the ledger", async () => {
    const abort = new AbortController();
    const { signal } = abort;
    const response = await fetch(`${gateway.url}/admin/live`, { headers: bearer(), signal });
    const frames = framesOf(response);
    const first = await frames.next();
    assert.equal(first.value?.event, "snapshot");
    const requests = new Map<string, number>();
    let paid = 0;
    const hear = async (): Promise<void> => {
      const { event, frame }: Heard = (await frames.next()).value;
      assert.equal(event, "delta");
      for (const slot of frame.slots) requests.set(`${slot.target} ${slot.slot}`, slot.requests);
      paid = Number(frame.today?.costNanoUsd ?? paid);
    };
    const toldAfterMs = async (): Promise<number> => {
      await (await gateway.chat("Hello")).arrayBuffer();
      const calls = gateway.simulator.calls().length;
      const endedMs = performance.now();
      const told = (): number => [...requests.values()].reduce((sum, each) => sum + each, 0);
      await until("the call is told", () => hear().then(() => (told() === calls ? true : null)));
      return performance.now() - endedMs;
    };
    await assertOnce(toldAfterMs, { limitMs: 2_000, most: 4 });
    await until("five seconds are over", () => hear().then(() => (paid > 0 ? true : null)));
    abort.abort();
    await until("nobody watches", async () => {
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      return metrics.includes("sekisho_live_views 0") ? true : null;
    });
  });
});

test("STR-12 open live views do not keep a stopping gateway", async () => {
  await using gateway = await GatewayUnderTest.start();
  const headers = { authorization: `Bearer ${gateway.server.ready.adminKey}` };
  const response = await fetch(`${gateway.url}/admin/live`, { headers });
  const frames = framesOf(response);
  await frames.next();
  const startedMs = performance.now();
  assert.equal(await gateway.server.kill("SIGTERM"), 0);
  // Calls under way would be waited for half a minute.
  assert.ok(performance.now() - startedMs < 15_000);
  for await (const { event } of frames) assert.equal(event, "delta");
});

test("SEC-11 with a port of its own the console is on that port alone", async () => {
  const config = (url: string) => ({ ...steeredConfig(url), listen: { adminPort: 0 } });
  await using gateway = await GatewayUnderTest.start({ config });
  const { console = "", admin = "" } = gateway.server.ready.urls;
  assert.equal(console, `${admin}/console`);
  assert.notEqual(admin, gateway.url);
  assert.equal((await fetch(`${console}/`)).status, 200);
  for (const path of ["/console/", "/", "/admin/session", "/admin/live"]) {
    assert.equal((await fetch(`${gateway.url}${path}`, { redirect: "manual" })).status, 404, path);
  }
  const answer = await fetch(`${admin}/admin/first-call`, {
    headers: { authorization: `Bearer ${gateway.server.ready.adminKey}` },
  });
  const { baseUrl } = (await answer.json()) as { baseUrl: string };
  assert.equal(new URL(baseUrl).port, new URL(gateway.url).port);
});

test("features.console: false leaves the admin API and takes the pages", async () => {
  const config = (url: string) => ({ ...steeredConfig(url), features: { console: false } });
  await using gateway = await GatewayUnderTest.start({ config });
  assert.equal(gateway.server.ready.urls["console"], undefined);
  for (const path of ["/console", "/console/", "/"]) {
    assert.equal((await fetch(`${gateway.url}${path}`, { redirect: "manual" })).status, 404, path);
  }
  assert.equal((await fetch(`${gateway.url}/admin/session`)).status, 200);
});
