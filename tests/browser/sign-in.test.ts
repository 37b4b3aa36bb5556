import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noChromium } from "../harness/chromium.ts";
import { ConsoleUnderTest } from "../harness/console-under-test.ts";
import { until } from "../harness/until.ts";

let console: ConsoleUnderTest;
const skip = noChromium;

describe("the door of the console", { skip }, () => {
  before(async () => {
    console = await ConsoleUnderTest.start();
  });
  after(() => console[Symbol.asyncDispose]());

  test("SEC-11 a wrong key and a client's are refused in words, an admin key opens", async () => {
    await using open = await console.open();
    const { page } = open;
    await open.signIn("ska_dev_wrong");
    const refusal = page.getByRole("alert");
    await refusal.getByText("This key is not known here").waitFor();
    await open.screenshot("sign-in-refused");
    await open.signIn(console.gateway.key);
    await refusal.getByText("The console wants an admin key").waitFor();
    await open.overview();
    assert.equal(await page.title(), "Overview · Sekisho");
    const cookies = await page.context().cookies();
    assert.deepEqual(
      cookies.map(({ httpOnly, sameSite, path }) => [httpOnly, sameSite, path]),
      [[true, "Strict", "/admin"]],
    );
    assert.ok(!(await page.content()).includes(console.adminKey));
  });

  test("SEC-11 a reload stays inside, a sign-out does not", async () => {
    await using open = await console.open();
    const { page, complaints } = open;
    await open.overview();
    await page.reload();
    await page.locator("#targets, #first-title").first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("#key").waitFor();
    await page.reload();
    await page.locator("#key").waitFor();
    assert.deepEqual(complaints, []);
  });

  test("SEC-11 a page whose key is revoked shows the door within seconds", async () => {
    await using open = await console.open();
    const made = await console.ask<{ secret: string; key: { id: string } }>("/admin/keys", {
      method: "POST",
      body: JSON.stringify({ role: "admin", name: "for a minute" }),
    });
    await open.signIn(made.secret);
    await open.page.locator("#targets, #first-title").first().waitFor();
    await console.ask(`/admin/keys/${made.key.id}`, { method: "DELETE" });
    await open.page.locator("#key").waitFor({ timeout: 20_000 });
  });

  test("SEC-17 a role is shown, and what it may not do is not there", async () => {
    const keyFor = async (body: object): Promise<string> =>
      (
        await console.ask<{ secret: string }>("/admin/keys", {
          method: "POST",
          body: JSON.stringify(body),
        })
      ).secret;
    await using viewer = await console.open();
    await viewer.signIn(await keyFor({ role: "viewer" }));
    await viewer.page.locator('[data-role="viewer"]').waitFor();
    await viewer.page.getByText("Your role is shown no key").waitFor();
    assert.ok(!(await viewer.page.content()).includes(console.gateway.key));
    await viewer.screenshot("role-viewer");
    await using bound = await console.open();
    await bound.signIn(await keyFor({ role: "owner", tenant: "demo" }));
    await bound.page.locator("#calls").waitFor();
    assert.equal(new URL(bound.page.url()).pathname, "/console/calls");
    await bound.page.getByRole("link", { name: "Overview" }).click();
    await bound.page.getByRole("heading", { name: "Not available to your role" }).waitFor();
    await bound.page.getByText("Owner · demo").waitFor();
    await bound.screenshot("role-bound");
    assert.deepEqual([viewer.complaints, bound.complaints], [[], []]);
  });

  test("SEC-11 nothing inline runs, and nothing of others is loaded", async () => {
    await using open = await console.open();
    const { page } = open;
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    await open.overview();
    assert.deepEqual([...hosts], [new URL(console.url).host]);
    await page.evaluate(`{
      const script = document.createElement("script");
      script.textContent = "window.inlineRan = true";
      document.head.append(script);
    }`);
    assert.equal(await page.evaluate("window.inlineRan"), undefined);
  });

  test("CON-5 the door works by keyboard alone, in Japanese for who reads it", async () => {
    await using open = await console.open({ locale: "ja-JP" });
    const { page, complaints } = open;
    await page.goto(console.url);
    await page.getByRole("heading", { name: "サインイン" }).waitFor();
    assert.equal(await page.evaluate("document.documentElement.lang"), "ja");
    await page.keyboard.press("Tab");
    await page.keyboard.type(console.adminKey);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("#targets, #first-title").first().waitFor();
    assert.deepEqual(complaints, []);
  });
});

describe("CON-6 an empty gateway", { skip }, () => {
  test("shows three calls with the demo key, each of which makes the first row", async () => {
    await using console = await ConsoleUnderTest.start();
    await using open = await console.open();
    const { page, complaints } = open;
    await open.overview();
    await page.getByRole("heading", { name: "Three calls to begin with" }).waitFor();
    const blocks = page.locator("figure pre");
    await until("three calls", async () => ((await blocks.count()) === 3 ? true : null));
    for (const code of await blocks.allInnerTexts()) {
      assert.ok(code.includes(console.gateway.key), code);
      assert.ok(code.includes(console.gateway.url), code);
    }
    await open.screenshot("empty-light-1280");
    await page.setViewportSize({ width: 390, height: 844 });
    await open.screenshot("empty-light-390");
    await console.call(1, "pair");
    await page.locator("#targets").waitFor();
    await open.tile("Requests", (text) => text.includes("1 call"));
    assert.deepEqual(complaints, []);
  });
});
