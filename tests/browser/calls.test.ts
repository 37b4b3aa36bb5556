import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { callPath, callsPath } from "@sekisho/console/browser/page-address.ts";
import { wordOf } from "@sekisho/console/calls/call-words.ts";
import { figuresOf } from "@sekisho/console/words/figures.ts";
import { words } from "@sekisho/console/words/languages.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import type { EndedCallView } from "@sekisho/wire/admin/ledger-call.ts";
import type { Problem } from "@sekisho/wire/admin/problem.ts";
import type { RouterView } from "@sekisho/wire/admin/router.ts";
import { noChromium } from "../harness/chromium.ts";
import { ConsoleUnderTest, type OpenPage } from "../harness/console-under-test.ts";
import type { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { soleModel } from "../harness/steered-config.ts";

const models = {
  quality: soleModel("near", "gpt-4-turbo"),
  fast: soleModel("near", "gpt-3.5-turbo"),
  auto: { choose: "complexity", simple: "fast", strong: "quality" } as const,
};

let console: ConsoleUnderTest;

before(async () => {
  if (noChromium === false) console = await ConsoleUnderTest.start(models);
});
after(() => console?.[Symbol.asyncDispose]());

const assertFits = async ({ page, complaints }: OpenPage, width: number): Promise<void> => {
  const scrollWidth = await page.evaluate("document.documentElement.scrollWidth");
  assert.ok(Number(scrollWidth) <= width, `${String(scrollWidth)} px wide`);
  assert.deepEqual(complaints, []);
};

describe("Router", { skip: noChromium }, () => {
  before(async () => {
    const asked = ["Hello", "こんにちは", "谢谢", "Compare these two series in detail, please"];
    for (const [n, content] of [...asked, ...asked].entries()) {
      const answer = await console.gateway.chat(content, { model: n < 7 ? "auto" : "fast" });
      await answer.arrayBuffer();
    }
    await console.gateway.settled();
  });

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
          await assertFits(open, width);
        });
      }
    }
  }
});

/** Calls of several kinds, by what became of them. */
interface Made {
  readonly failed: string;
  readonly tagged: string;
  readonly erased: string;
  /** By complexity: the overview has a row for it. */
  readonly routed: string;
}

describe("Calls", { skip: noChromium }, () => {
  let made: Made;

  const makeKey = (body: object): Promise<KeyWithSecret> =>
    console.ask<KeyWithSecret>("/admin/keys", { method: "POST", body: JSON.stringify(body) });

  const idOf = async (answer: Response): Promise<string> => {
    await answer.arrayBuffer();
    return answer.headers.get("x-sekisho-request-id") ?? "";
  };

  const callOf = (id: string): Promise<EndedCallView> =>
    console.ask<EndedCallView>(`/admin/ledger/${id}`);

  const urlOf = (path: string): string => new URL(path, console.url).href;

  before(async () => {
    const call = (...asked: Parameters<GatewayUnderTest["chat"]>): Promise<Response> =>
      console.gateway.chat(...asked);
    const { secret } = await makeKey({ tenant: "demo", tags: ["search", "prod"] });
    const authorization = `Bearer ${secret}`;
    const person = { "x-sekisho-user": "anna", "x-sekisho-session": "cart-7" };
    made = {
      failed: await idOf(await call("Hello [[sim: fault=503]]", { model: "pair" })),
      tagged: await idOf(await call("Hello", { model: "pair" }, { authorization })),
      erased: await idOf(await call("Hello", { model: "sole", max_tokens: 9 }, person)),
      routed: await idOf(await call("Hello", { model: "auto" })),
    };
    await console.gateway.settled();
    const body = JSON.stringify({ tenant: "demo", user: "anna" });
    await console.ask("/admin/erase", { method: "POST", body });
  });

  for (const [language, colorScheme, width] of [
    ["en", "light", 1_280],
    ["en", "dark", 1_280],
    ["en", "light", 390],
    ["ja", "dark", 390],
    ["ja", "light", 1_280],
  ] as const) {
    test(`CON-7 ${language} ${colorScheme} at ${width} px: a call is the API's`, async () => {
      const viewport = { width, height: 900 };
      await using open = await console.open({ colorScheme, viewport, locale: language });
      const { page } = open;
      const said = words[language].calls;
      const figures = figuresOf(language, words[language]);
      await open.signIn(console.adminKey, urlOf(callsPath()));
      const listed = page.locator(`#calls [data-call="${made.tagged}"]:visible`);
      await listed.waitFor();
      assert.deepEqual(await listed.locator("[data-tag]").allInnerTexts(), ["prod", "search"]);
      await open.screenshot(`calls-${language}-${colorScheme}-${width}`);
      await assertFits(open, width);

      await page.locator("#call-id").fill(made.failed);
      await page.keyboard.press("Enter");
      await page.locator("#call").waitFor();
      const { rows } = await callOf(made.failed);
      assert.deepEqual(
        rows.map(({ attempt, outcome }) => [attempt, outcome]),
        [
          [0, "error"],
          [1, "error"],
          [2, "error"],
        ],
      );
      for (const row of rows) {
        const text = await page.locator(`#rows [data-attempt="${row.attempt}"]`).innerText();
        const source = wordOf(said.sources, row.usageSource);
        for (const part of [
          row.attempt === 0 ? said.answer : said.attempt(String(row.attempt)),
          said.outcomes.error,
          row.cause ?? "?",
          row.provider ?? "?",
          row.model ?? "?",
          `${figures.exactUsd(row.costNanoUsd)} ${source}`,
          figures.duration(row.latencyMs),
        ]) {
          assert.match(text, textOf(part));
        }
      }
      await open.screenshot(`call-${language}-${colorScheme}-${width}`);
      await assertFits(open, width);
    });
  }

  test("MON-14 a call has its key's tags, and a tag leads to the calls that have it", async () => {
    await using open = await console.open();
    const { page } = open;
    await open.signIn(console.adminKey, urlOf(callPath(made.tagged)));
    const [row] = (await callOf(made.tagged)).rows;
    const facts = page.locator("#call");
    await facts.waitFor();
    const text = await facts.innerText();
    for (const part of [row?.key ?? "?", "demo", "pair", "near · us-east-1 · gpt-4-turbo"]) {
      assert.match(text, textOf(part));
    }
    await facts.locator('[data-tag="search"] a').click();
    await page.waitForURL("**/console/calls?tag=search");
    await page.locator(`#calls [data-call="${made.tagged}"]:visible`).waitFor();
    assert.equal(await page.locator("#calls tr[data-call]").count(), 1);
    await page.getByLabel("Tag", { exact: true }).fill("nobody");
    await page.keyboard.press("Enter");
    await page.getByText("No call of a key with the tag nobody has ended").waitFor();
    await page.getByRole("link", { name: "All calls" }).click();
    await page.locator(`#calls [data-call="${made.failed}"]:visible`).waitFor();
    await page.goBack();
    await page.getByText("No call of a key with the tag nobody has ended").waitFor();
    assert.deepEqual(open.complaints, []);
  });

  test("CON-5 a call is looked up by keyboard, by any id, and has an address", async () => {
    await using open = await console.open();
    const { page } = open;
    await open.overview();
    await page.getByRole("link", { name: "Calls", exact: true }).focus();
    await page.keyboard.press("Enter");
    const heading = page.getByRole("heading", { level: 1 });
    assert.equal(await heading.innerText(), "Calls");
    await page.waitForFunction("document.activeElement.tagName === 'H1'");
    await page.keyboard.press("Tab");
    const body = made.tagged.slice("req_".length);
    await page.keyboard.type(` "chatcmpl-${body}",`);
    await page.keyboard.press("Enter");
    await page.waitForURL(urlOf(callPath(made.tagged)));
    await page.getByRole("status").getByText(`Call ${made.tagged} is shown below.`).waitFor();
    assert.equal(await page.title(), `Calls ${made.tagged} · Sekisho`);
    await page.reload();
    await page.locator("#rows").waitFor();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.locator(`#router [data-call="${made.routed}"] a`).click();
    await page.waitForURL(urlOf(callPath(made.routed)));
    await page.locator("#rows").waitFor();
    assert.deepEqual(open.complaints, []);
  });

  test("MON-14 what is no id is not asked for, an unknown one is 404 in words", async () => {
    await using open = await console.open({ viewport: { width: 390, height: 900 } });
    const { page } = open;
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await open.signIn(console.adminKey, urlOf(callsPath()));
    for (const text of ["..", "verify", "req_1", "x".repeat(3_000)]) {
      await page.locator("#call-id").fill(text);
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("That is no id of this gateway").waitFor();
      await page.locator("#call-id").fill("");
    }
    assert.deepEqual(
      asked.filter((path) => path.startsWith("/admin/ledger/")),
      [],
    );
    await page.goto(urlOf(callPath("verify")));
    await page.getByRole("alert").getByText("That is no id of this gateway").waitFor();
    await open.screenshot("call-no-id-390");
    const unknown = `${made.failed.slice(0, -4)}0000`;
    const { detail } = await console.ask<Problem>(`/admin/ledger/${unknown}`);
    await page.goto(urlOf(callPath(unknown)));
    await page.getByText(detail).waitFor();
    await page.getByRole("heading", { name: "No such call" }).waitFor();
    await open.screenshot("call-unknown-390");
    assert.deepEqual(
      open.complaints.filter((text) => !text.includes("404")),
      [],
    );
  });

  test("SEC-8 who is bound to a tenant sees its calls without attempts, no other's", async () => {
    const { secret: own } = await makeKey({ role: "admin", tenant: "demo" });
    const { secret: other } = await makeKey({ role: "admin", tenant: "acme" });
    await using ours = await console.open();
    await ours.signIn(own, urlOf(callPath(made.failed)));
    await ours.page.getByText("Its attempts are shown to those").waitFor();
    assert.equal(await ours.page.locator("#rows [data-attempt]").count(), 1);
    await ours.screenshot("call-bound-1280");
    await using theirs = await console.open();
    await theirs.signIn(other, urlOf(callPath(made.failed)));
    await theirs.page.getByText(`Cannot find call ${made.failed}: there is none`).waitFor();
    assert.equal(await theirs.page.locator("#call").count(), 0);
    await theirs.page.getByRole("link", { name: "Calls", exact: true }).click();
    await theirs.page.getByText("No call has ended in the last 24 h.").waitFor();
    assert.ok(!(await theirs.page.content()).includes("gpt-4"));
    assert.deepEqual(ours.complaints, []);
  });

  test("SEC-16 of an erased call the pseudonyms are shown as such", async () => {
    await using open = await console.open({ colorScheme: "dark" });
    const { page } = open;
    await open.signIn(console.adminKey, urlOf(callPath(made.erased)));
    await page.locator("#call").waitFor();
    const [row] = (await callOf(made.erased)).rows;
    const shown = await page.locator("#call [data-erased]").allInnerTexts();
    assert.deepEqual(
      shown.map((text) => text.replaceAll(/\s+/g, " ")),
      [`erased ${row?.user}`, `erased ${row?.session}`],
    );
    await open.screenshot("call-erased-dark-1280");
    assert.deepEqual(open.complaints, []);
  });

  test("MON-10 a call under way says so, and what became of it once it has ended", async () => {
    await using open = await console.open({ viewport: { width: 390, height: 900 } });
    const { page } = open;
    const running = await console.gateway.chat("Hello [[sim: tokens=60 pause=20]]", {
      model: "sole",
      stream: true,
    });
    const id = running.headers.get("x-sekisho-request-id") ?? "";
    await open.signIn(console.adminKey, urlOf(callPath(id)));
    await page.locator("#call").getByText("under way").waitFor();
    await open.screenshot("call-running-390");
    await console.gateway.letGo();
    await running.arrayBuffer();
    await page.locator('#rows [data-outcome="ok"]').first().waitFor();
    assert.deepEqual(open.complaints, []);
  });

  test("SEC-17 who may not look is told so, who has no session signs in again", async () => {
    await using open = await console.open();
    const { page } = open;
    const path = "**/admin/ledger/**";
    const detail = "Cannot do this: your role lacks ledger.read";
    await page.route(path, (route) =>
      route.fulfill({ status: 403, json: { code: "forbidden", status: 403, detail } }),
    );
    await open.signIn(console.adminKey, urlOf(callPath(made.failed)));
    await page.getByRole("heading", { name: "Not available to your role" }).waitFor();
    await page.getByText(detail).waitFor();
    await page.unroute(path);
    await page.route(path, (route) => route.abort());
    await page.reload();
    await page.getByText("The gateway does not answer.").waitFor();
    await page.unroute(path);
    await page.locator("#rows").waitFor();
    await page.getByRole("link", { name: "Calls", exact: true }).click();
    await page.locator("#calls tr[data-call]").first().waitFor();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Read again" }).click();
    await page.locator("#key").fill(console.adminKey);
    await page.keyboard.press("Enter");
    await page.locator("#calls tr[data-call]").first().waitFor();
  });
});

const textOf = (part: string): RegExp => new RegExp(RegExp.escape(part));
