import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { figuresOf } from "@sekisho/console/words/figures.ts";
import { words } from "@sekisho/console/words/languages.ts";
import type { CacheView } from "@sekisho/wire/admin/cache.ts";
import { noChromium } from "../harness/chromium.ts";
import { ConsoleUnderTest } from "../harness/console-under-test.ts";
import { until } from "../harness/until.ts";

const figures = figuresOf("en", words.en);

describe("Kept answers", { skip: noChromium }, () => {
  let console: ConsoleUnderTest;

  before(async () => {
    console = await ConsoleUnderTest.start();
    for (let n = 0; n < 9; n += 1) {
      const headers = { "x-sekisho-cache": "ttl" };
      const answer = await console.gateway.chat("Hello", { model: "pair" }, headers);
      await answer.arrayBuffer();
    }
    await console.gateway.settled();
  });
  after(() => console[Symbol.asyncDispose]());

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1_280, 390]) {
      test(`CON-7 ${colorScheme} at ${width} px: what is saved is the API's`, async () => {
        await using open = await console.open({ colorScheme, viewport: { width, height: 900 } });
        const { page } = open;
        await open.overview();
        const { totals } = await console.ask<CacheView>("/admin/cache");
        assert.deepEqual([totals.hits, totals.requests], [8, 9]);
        const panel = page.locator("#given");
        const saved = figures.usd(totals.savedNanoUsd);
        await panel.getByText(`${saved} saved`).waitFor();
        const text = (await panel.innerText()).replaceAll(/\s+/g, " ");
        assert.ok(text.includes(`8 ${figures.percent(8 / 9)} of calls`), text);
        assert.ok(text.includes("pair demo"), text);
        await open.screenshot(`cache-${colorScheme}-${width}`);
        const scrollWidth = await page.evaluate("document.documentElement.scrollWidth");
        assert.ok(Number(scrollWidth) <= width, `${String(scrollWidth)} px wide`);
        assert.deepEqual(open.complaints, []);
      });
    }
  }

  test("CON-4 a purge asks first, and says what it has done", async () => {
    await using open = await console.open();
    const { page } = open;
    await open.overview();
    await page.getByRole("button", { name: "Purge …" }).click();
    await page.getByText("This cannot be undone.").waitFor();
    await page.getByRole("button", { name: "Keep" }).click();
    const held = async (): Promise<number | undefined> =>
      (await console.ask<CacheView>("/admin/cache")).memory?.answers;
    assert.equal(await held(), 1);
    await page.getByRole("button", { name: "Purge …" }).click();
    await page.getByRole("button", { name: "Purge all" }).click();
    await page.getByText("1 answer purged").waitFor();
    await until("nothing is kept", async () => ((await held()) === 0 ? true : null));
    assert.deepEqual(open.complaints, []);
  });
});
