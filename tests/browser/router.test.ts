import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { words } from "@sekisho/console/words/languages.ts";
import type { RouterView } from "@sekisho/wire/admin/router.ts";
import { noChromium } from "../harness/chromium.ts";
import { ConsoleUnderTest } from "../harness/console-under-test.ts";
import { soleModel } from "../harness/steered-config.ts";

const models = {
  quality: soleModel("near", "gpt-4-turbo"),
  fast: soleModel("near", "gpt-3.5-turbo"),
  auto: { choose: "complexity", simple: "fast", strong: "quality" } as const,
};

describe("Router", { skip: noChromium }, () => {
  let console: ConsoleUnderTest;

  before(async () => {
    console = await ConsoleUnderTest.start(models);
    const asked = ["Hello", "こんにちは", "谢谢", "Compare these two series in detail, please"];
    for (const [n, content] of [...asked, ...asked].entries()) {
      const answer = await console.gateway.chat(content, { model: n < 7 ? "auto" : "fast" });
      await answer.arrayBuffer();
    }
    await console.gateway.settled();
  });
  after(() => console[Symbol.asyncDispose]());

  for (const [locale, language] of [
    ["en-GB", "en"],
    ["ja-JP", "ja"],
  ] as const) {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1_280, 390]) {
        test(`CON-7 ${language} ${colorScheme} at ${width} px: reasons of the router`, async () => {
          const viewport = { width, height: 900 };
          await using open = await console.open({ colorScheme, viewport, locale });
          const { page } = open;
          await open.overview();
          const view = await console.ask<RouterView>("/admin/router");
          assert.deepEqual([view.looked, view.latest.length], [8, 7]);
          const own = words[language].router;
          for (const { to, complexity, calls } of view.aliases) {
            const row = page.locator(`#router [data-routed="${complexity}"]`);
            await row.waitFor();
            const text = await row.innerText();
            for (const part of [to, own[complexity], String(calls)]) {
              assert.match(text, textOf(part));
            }
          }
          for (const { name } of view.signals) {
            assert.equal(await page.locator(`#router [data-signal="${name}"]`).count(), 1);
          }
          for (const { id, to, signals } of view.latest) {
            const text = await page.locator(`#router [data-call="${id}"]`).innerText();
            for (const part of [to, ...signals.map(({ name }) => name)]) {
              assert.match(text, textOf(part));
            }
          }
          await open.screenshot(`router-${language}-${colorScheme}-${width}`);
          const scrollWidth = await page.evaluate("document.documentElement.scrollWidth");
          assert.ok(Number(scrollWidth) <= width, `${String(scrollWidth)} px wide`);
          assert.deepEqual(open.complaints, []);
        });
      }
    }
  }
});

const textOf = (part: string): RegExp => new RegExp(RegExp.escape(part));
