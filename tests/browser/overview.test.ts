import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { figuresOf } from "@sekisho/console/words/figures.ts";
import { words } from "@sekisho/console/words/languages.ts";
import type { AlertPage } from "@sekisho/wire/admin/alerts.ts";
import type { UsageView } from "@sekisho/wire/admin/usage.ts";
import { noChromium } from "../harness/chromium.ts";
import { ConsoleUnderTest, type OpenPage } from "../harness/console-under-test.ts";
import { until } from "../harness/until.ts";

const figures = figuresOf("en", words.en);

describe("Overview", { skip: noChromium }, () => {
  let console: ConsoleUnderTest;

  before(async () => {
    console = await ConsoleUnderTest.start();
    await console.call(119, "pair");
    // Three quarters of a session's budget, and a call that the rest is too little for.
    const named = { "x-sekisho-session": "s@1", "x-sekisho-rule": "restock" };
    for (const status of [200, 402]) {
      const asked = { model: "pair", max_tokens: 30 };
      const answer = await console.gateway.chat("[[sim: tokens=30]]", asked, named);
      await answer.arrayBuffer();
      assert.equal(answer.status, status);
    }
    await console.call(6, "sole", "[[sim: fault=429]]");
    await console.gateway.settled();
  });
  after(() => console[Symbol.asyncDispose]());

  /** MON-12: each alert of the admin API is shown, with the figures of its account. */
  const checkAlerts = async ({ page }: OpenPage): Promise<void> => {
    const { alerts } = await console.ask<AlertPage>("/admin/alerts");
    assert.ok(alerts.length > 1);
    for (const { id, measure, used, limit, code } of alerts) {
      const text = await page.locator(`#alerts [data-alert="${id}"]`).innerText();
      const format = measure === "cost" ? figures.usd : (amount: unknown) => String(amount);
      assert.ok(text.includes(words.en.alerts.of(format(used), format(limit))), text);
      if (measure === "outputTokens") assert.ok(text.includes("session:demo/s@1"), text);
      if (code !== null) assert.ok(text.includes(words.en.alerts.refused("75 %")), text);
    }
  };

  /** A page that looks at the last 15 minutes: at all that was called here. */
  const openAll = async (): Promise<OpenPage> => {
    const open = await console.open();
    await open.overview();
    await open.page.getByLabel("15 min").check();
    return open;
  };

  test("CON-7 the figures shown are those of the admin API", async () => {
    await using open = await openAll();
    const { totals } = await console.ask<UsageView>("/admin/usage?range=24h");
    assert.deepEqual([totals.requests, totals.errors], [126, 6]);
    const { p50LatencyMs, p95LatencyMs, p99LatencyMs, p95FirstTokenMs } = totals;
    const [p50, p95, p99] = [p50LatencyMs, p95LatencyMs, p99LatencyMs].map(figures.duration);
    const shown: readonly (readonly [tile: string, ...figures: string[]])[] = [
      ["Requests", "126 calls"],
      ["Errors", figures.percent(6 / 126), "6 failed"],
      ["Whole answer", `p50 ${p50} p95 ${p95} p99 ${p99} n 126`],
      ["First token", `p95 ${figures.duration(p95FirstTokenMs)}`, "n 120"],
      ["Cost today", figures.usd(totals.costNanoUsd), "126 requests"],
    ];
    for (const [tile, ...wanted] of shown) {
      await open.tile(tile, (text) => wanted.every((figure) => text.includes(figure)));
    }
    const groups = await console.ask<UsageView>("/admin/usage?range=24h&group=model");
    for (const { name, figures: of } of groups.groups) {
      const has = open.page.getByText(name, { exact: true });
      const row = open.page.locator("#targets tbody tr", { has });
      assert.equal(await row.locator("td").nth(1).innerText(), figures.count(of.requests), name);
    }
    assert.deepEqual(open.complaints, []);
  });

  test("CON-2 n is shown, and p99 of less than 100 calls says that there are too few", async () => {
    await using open = await openAll();
    const row = open.page.locator("#targets tbody tr", { hasText: "gpt-4-turbo" });
    assert.equal((await row.locator("[title='n 120']").count()) > 0, true);
    const few = open.page
      .locator("#targets tbody tr")
      .filter({ hasText: "6" })
      .getByText("too few");
    assert.equal(await few.first().getAttribute("title"), "6 values; 20 are needed");
  });

  test("CON-1 what happens is shown within two seconds, and every tile has its age", async () => {
    await using open = await openAll();
    const before = await open.tile("Requests", (text) => /\d+ calls/.test(text));
    const calls = Number(/(\d+) calls/.exec(before)?.[1]);
    await console.call(10, "pair");
    await open.tile("Requests", (text) => text.includes(`${calls + 10} calls`));
    const ages = await open.page.locator("a.card time").allInnerTexts();
    assert.equal(ages.length, 6);
    assert.ok(
      ages.every((age) => /^[0-6] s$/.test(age)),
      ages.join(),
    );
  });

  test("CON-4 each tile leads to what its figure is made of", async () => {
    await using open = await openAll();
    const { page } = open;
    const hrefs = await page
      .locator("a.card")
      .evaluateAll((links) => links.map((link) => String(link.getAttribute("href"))));
    for (const href of hrefs) assert.equal(await page.locator(href).count(), 1, href);
    await page.locator("a.card", { hasText: /^Errors/ }).click();
    await page.locator("#codes [data-code=upstream_rate_limited]").first().waitFor();
  });

  test("CON-5 each chart has a table that says the same", async () => {
    await using open = await openAll();
    const { page } = open;
    const tables = page.locator("figure table");
    assert.equal(await tables.count(), 3);
    const traffic = page.locator("#traffic table");
    assert.deepEqual(await traffic.locator("thead th").allInnerTexts(), [
      "Time",
      "Requests",
      "Errors",
      "Refused",
    ]);
    await console.call(10, "pair");
    await until("a row with requests", async () => {
      const cells = await traffic.locator("tbody tr td:nth-child(2)").allInnerTexts();
      return cells.some((cell) => Number(cell) > 0) ? true : null;
    });
    assert.ok((await tables.first().locator("tbody tr").count()) <= 12);
  });

  test("CON-5 everything can be reached and changed by keyboard", async () => {
    await using open = await console.open();
    const { page } = open;
    await open.overview();
    const reached: string[] = [];
    for (let n = 0; n < 16; n++) {
      await page.keyboard.press("Tab");
      reached.push(
        String(
          await page.evaluate(`{
            const { activeElement: at } = document;
            at.getAttribute("aria-label") ??
              at.labels?.[0]?.innerText ?? at.innerText.split("\\n")[0]
          }`),
        ),
      );
    }
    const pages = ["To the content", "Overview", "Calls"];
    const wanted = [...pages, "5 min", "Language", "Theme: System", "Sign out"];
    const tiles = ["Requests", "Errors", "First token", "Whole answer", "Tokens out", "Cost today"];
    assert.deepEqual(reached.slice(0, 13), [...wanted, ...tiles]);
    assert.ok(reached.includes("First token"), "the choice of the latency chart");
    await page.getByLabel("5 min", { exact: true }).focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.getByLabel("15 min").isChecked(), true);
    await page.getByRole("button", { name: "Theme: System" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark");
    await page.reload();
    await page.getByRole("button", { name: "Theme: Dark" }).waitFor();
  });

  test("the code of failed attempts stands in one line of a narrow page", async () => {
    await using open = await console.open({ viewport: { width: 390, height: 900 } });
    const { page } = open;
    await open.overview();
    await console.call(4, "sole", "[[sim: fault=429]]");
    const code = page.locator("#targets li .font-mono", { hasText: "upstream_rate_limited" });
    const shown = await code.first().boundingBox();
    assert.ok(shown !== null && shown.height < 20, JSON.stringify(shown));
    assert.equal(await code.first().innerText(), "upstream_rate_limited");
    await open.screenshot("failed-attempts-390");
  });

  test("the language can be chosen, and stays chosen", async () => {
    await using open = await openAll();
    const { page } = open;
    await page.getByLabel("Language").selectOption("ja");
    await page.getByRole("heading", { name: "ターゲットとサーキット" }).waitFor();
    await open.screenshot("overview-ja-1280");
    await page.reload();
    await page.getByRole("heading", { name: "ターゲットとサーキット" }).waitFor();
    assert.deepEqual(open.complaints, []);
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1_280, 390]) {
      test(`CON-7 ${colorScheme} at ${width} px: nothing is cut, nothing complains`, async () => {
        await using open = await console.open({ colorScheme, viewport: { width, height: 900 } });
        const { page } = open;
        await open.overview();
        await console.call(40, "pair");
        await open.tile("Requests", (text) => / calls?/.test(text));
        await checkAlerts(open);
        await open.screenshot(`overview-${colorScheme}-${width}`);
        const scrollWidth = await page.evaluate("document.documentElement.scrollWidth");
        assert.ok(Number(scrollWidth) <= width, `${String(scrollWidth)} px wide`);
        const ground = String(
          await page.evaluate("getComputedStyle(document.body).backgroundColor"),
        );
        const lightness = Number(/oklch\(([\d.]+)/.exec(ground)?.[1]);
        assert.equal(lightness > 0.5, colorScheme === "light", ground);
        assert.deepEqual(open.complaints, []);
      });
    }
  }
});
