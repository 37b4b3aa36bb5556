import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { noChromium } from "../harness/chromium.ts";
import { ConsoleUnderTest } from "../harness/console-under-test.ts";
import { IssuerUnderTest, issuerSecret } from "../harness/issuer-under-test.ts";

let issuer: IssuerUnderTest;
let console: ConsoleUnderTest;
const skip = noChromium;

describe("SEC-20 the door of the console where an issuer knows people", { skip }, () => {
  before(async () => {
    issuer = await IssuerUnderTest.start();
    const roles = { ops: "admin", everyone: "viewer" } as const;
    const signIn = { clientId: "console", clientSecret: "env:CONSOLE_SECRET", label: "Corp ID" };
    const oidc = { issuer: issuer.url, audience: "operators", roles, signIn };
    const env = { CONSOLE_SECRET: issuerSecret };
    console = await ConsoleUnderTest.start({}, { admin: { oidc }, env });
  });
  after(async () => {
    await console[Symbol.asyncDispose]();
    await issuer[Symbol.asyncDispose]();
  });

  test("leads there and back, into a session that scripts do not see", async () => {
    await issuer.account("ann", ["ops"]);
    await using open = await console.open();
    const { page, complaints } = open;
    await page.goto(`${console.url}/#targets`);
    await page.getByRole("link", { name: "Sign in with Corp ID" }).click();
    await page.getByRole("heading", { name: "Sign in to the issuer" }).waitFor();
    await page.getByRole("link", { name: "Continue" }).click();
    await page.locator('[data-role="admin"]').waitFor();
    assert.equal(page.url(), `${console.url}/#targets`);
    const origin = new URL(console.url).hostname;
    const own = (await page.context().cookies(`http://${origin}/admin/session/oidc`)).filter(
      ({ name }) => name.startsWith("sekisho"),
    );
    assert.deepEqual(
      own.map(({ httpOnly, sameSite, path }) => [httpOnly, sameSite, path]),
      [[true, "Strict", "/admin"]],
    );
    await page.reload();
    await page.locator('[data-role="admin"]').waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("#key").waitFor();
    await page.reload();
    await page.getByRole("link", { name: "Sign in with Corp ID" }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test("says in both languages why somebody is not let in, and keys open", async () => {
    await issuer.account("nobody", ["others"]);
    await using open = await console.open();
    const { page } = open;
    await page.goto(console.url);
    await page.getByRole("link", { name: "Sign in with Corp ID" }).click();
    await page.getByRole("link", { name: "Continue" }).click();
    await page.getByText("Corp ID knows you, but your account has no role here").waitFor();
    assert.equal(page.url(), `${console.url}/`);
    await open.overview();
    await using japanese = await console.open({ locale: "ja-JP" });
    await japanese.page.goto(`${console.url}/?sign-in=unavailable`);
    await japanese.page.getByText("Corp ID に接続できません").waitFor();
    // What is no word of ours is none of the page either.
    await japanese.page.goto(`${console.url}/?sign-in=%3Cb%3Ehello`);
    await japanese.page.locator('[data-fault="failed"]').waitFor();
    assert.ok(!(await japanese.page.content()).includes("hello"));
  });

  test("CON-5 is reached by keyboard, in the dark and the light, wide and narrow", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1_280, 390]) {
        await using open = await console.open({
          colorScheme,
          viewport: { width, height: 844 },
          locale: width === 390 ? "ja-JP" : "en-US",
        });
        const { page, complaints } = open;
        await page.goto(`${console.url}/?sign-in=no_role`);
        await page.getByRole("alert").waitFor();
        await page.keyboard.press("Tab");
        const focused = await page.evaluate("document.activeElement.getAttribute('href')");
        assert.equal(focused, "/admin/session/oidc?returnTo=%2Fconsole%2F");
        const wide = await page.evaluate("document.documentElement.scrollWidth");
        assert.ok(Number(wide) <= width);
        await open.screenshot(`sign-in-issuer-${colorScheme}-${width}`);
        assert.deepEqual(complaints, []);
      }
    }
  });
});
