import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { CircuitList } from "@sekisho/wire/admin/circuits.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { noChromium } from "../harness/chromium.ts";
import { CutProxy } from "../harness/cut-proxy.ts";
import { ConsoleUnderTest } from "../harness/console-under-test.ts";
import { until } from "../harness/until.ts";

const skip = noChromium;

describe("a page that stays open", { skip }, () => {
  test("CON-1 a circuit that opens and is reset is seen without a reload", async () => {
    await using console = await ConsoleUnderTest.start();
    await using open = await console.open();
    const { page } = open;
    await console.call(4, "pair");
    await open.overview();
    const near = page.locator("#targets tbody tr", { hasText: "near" }).first();
    await near.locator("[data-circuit=closed]").waitFor();
    console.gateway.simulator.setScenarios([
      { name: "outage", match: { region: "us-east-1" }, fault: "503" },
    ]);
    await until("an open circuit", async () => {
      await console.call(2, "pair");
      const { circuits } = await console.ask<CircuitList>("/admin/circuits");
      return circuits.some(({ level, state }) => level === "target" && state === "open")
        ? true
        : null;
    });
    await near.locator("[data-circuit=open]").waitFor();
    assert.match(await near.innerText(), /Open\s+retry in \d+ s/);
    await page.locator("#changes [data-change=open]").first().waitFor();
    await open.screenshot("circuit-open");
    const [seconds = ""] = /\d+(?= s)/.exec(await near.innerText()) ?? [];
    await until("the countdown goes on", async () => {
      const [now = ""] = /(?<=retry in )\d+/.exec(await near.innerText()) ?? [];
      return Number(now) < Number(seconds) ? true : null;
    });
    const { circuits } = await console.ask<CircuitList>("/admin/circuits");
    for (const { id, state } of circuits) {
      if (state === "closed") continue;
      const body = JSON.stringify({ command: "reset" });
      await console.ask(`/admin/circuits/${encodeURIComponent(id)}`, { method: "POST", body });
    }
    await page.locator("#targets [data-circuit=open]").first().waitFor({ state: "detached" });
    await page.locator("#changes", { hasText: "by hand" }).waitFor();
    assert.deepEqual(open.complaints, []);
  });

  test("CON-1 a silent gateway is said to be one after ten seconds, until it speaks", async () => {
    await using console = await ConsoleUnderTest.start();
    await using open = await console.open();
    const { page } = open;
    await console.call(4, "pair");
    await open.overview();
    const { pid } = console.gateway.server;
    const stoppedMs = performance.now();
    process.kill(pid, "SIGSTOP");
    try {
      const banner = page.getByRole("alert").filter({ hasText: "No data for" });
      await banner.waitFor();
      const afterS = (performance.now() - stoppedMs) / 1_000;
      assert.ok(afterS > 8.5 && afterS < 25, `${afterS} s`);
      const ages = await page.locator("a.card time").allInnerTexts();
      assert.ok(
        ages.every((age) => Number.parseInt(age, 10) >= 9),
        ages.join(),
      );
      await open.screenshot("stale");
      process.kill(pid, "SIGCONT");
      await banner.waitFor({ state: "detached" });
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await console.call(1, "pair");
    await open.tile("Requests", (text) => text.includes("5 calls"));
  });

  test("CON-1 a connection that is cut is made again, and told all that it missed", async () => {
    await using console = await ConsoleUnderTest.start();
    await using proxy = await CutProxy.start(console.gateway.url);
    await using open = await console.open();
    await console.call(1, "pair");
    await open.overview(`${proxy.url}/console/`);
    proxy.cut();
    await console.call(1, "pair");
    await open.tile("Requests", (text) => text.includes("2 calls"));
    await console.call(1, "pair");
    await open.tile("Requests", (text) => text.includes("3 calls"));
  });

  test("CON-1 a page that nobody looks at gives its connection back", async () => {
    await using console = await ConsoleUnderTest.start();
    await using open = await console.open();
    const { page } = open;
    await page.clock.install();
    await open.overview();
    const views = async (): Promise<number> => {
      const metrics = await fetch(console.gateway.server.ready.urls["metrics"] ?? "");
      return Number(/^sekisho_live_views (\d+)$/m.exec(await metrics.text())?.[1]);
    };
    const hide = (isHidden: boolean): Promise<unknown> =>
      page.evaluate(`{
        Object.defineProperty(document, "hidden", { value: ${isHidden}, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }`);
    assert.equal(await views(), 1);
    await hide(true);
    // Its clock goes on by itself beside.
    await page.clock.fastForward(20_000);
    assert.equal(await views(), 1);
    await page.clock.fastForward(11_000);
    await until("no view", async () => ((await views()) === 0 ? true : null));
    await hide(false);
    await until("a view", async () => ((await views()) === 1 ? true : null));
  });
});

describe("what a page costs", { skip }, () => {
  test("CON-7 at most 350 KB of JavaScript gzipped, the first paint within a second", async () => {
    await using console = await ConsoleUnderTest.start();
    await using open = await console.open();
    const assets = join(import.meta.dirname, "../../console/dist/assets");
    const bytes = readdirSync(assets)
      .filter((name) => name.endsWith(".js.gz"))
      .reduce((sum, name) => sum + statSync(join(assets, name)).size, 0);
    assert.ok(bytes > 50_000 && bytes <= 350_000, `${bytes} bytes`);
    const said: string[] = [];
    open.page.on("console", (message) => said.push(message.text()));
    await open.overview();
    const firstPaintMs = async (): Promise<number> => {
      await using fresh = await console.open();
      await fresh.overview();
      return await fresh.page.evaluate<number>(
        `performance.getEntriesByName("first-contentful-paint")[0].startTime`,
      );
    };
    await assertOnce(firstPaintMs, { limitMs: 1_000, most: 5 });
    assert.deepEqual(said, [], "a development build says that it is one");
  });
});
