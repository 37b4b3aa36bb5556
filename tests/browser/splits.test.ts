import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { figuresOf } from "@sekisho/console/words/figures.ts";
import { words } from "@sekisho/console/words/languages.ts";
import type { AuditPage } from "@sekisho/wire/admin/audit.ts";
import type { ArmView, SplitView } from "@sekisho/wire/admin/splits.ts";
import { noChromium } from "../harness/chromium.ts";
import { ConsoleUnderTest, type OpenPage } from "../harness/console-under-test.ts";
import { soleModel } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const figures = figuresOf("en", words.en);

const models = {
  quality: soleModel("near", "gpt-4-turbo"),
  fast: soleModel("near", "gpt-3.5-turbo"),
  "chat-ab": {
    split: { quality: 20, fast: 80 },
    rollback: null,
    canary: { steps: [10, 50, 100], minRequests: 100, minMs: 3_600_000 },
  },
};

/** What a row of an arm is to show, in the order of its columns. */
const shownOf = ({ share, figures: of, feedback }: ArmView): readonly string[] => {
  const { count, p50Ms, p95Ms } = of.firstToken;
  return [
    figures.percent(share),
    figures.count(of.requests),
    figures.percent(of.errorRate),
    count === 0 ? words.en.tiles.none : figures.duration(p50Ms),
    count < 20 ? words.en.tiles.tooFew : figures.duration(p95Ms),
    figures.usd(of.costNanoUsd),
    feedback.count === 0
      ? words.en.tiles.none
      : words.en.splits.opinions(figures.count(feedback.good), figures.count(feedback.bad)),
  ];
};

describe("Splits", { skip: noChromium }, () => {
  let console: ConsoleUnderTest;

  const call = async (session: string, content = "Hello"): Promise<string> => {
    const headers = { "x-sekisho-session": session };
    const answer = await console.gateway.chat(content, { model: "chat-ab", stream: true }, headers);
    await answer.arrayBuffer();
    return answer.headers.get("x-sekisho-request-id") ?? "";
  };

  const split = (): Promise<SplitView> => console.ask<SplitView>("/admin/splits/chat-ab");
  const weights = async (): Promise<readonly number[]> =>
    (await split()).arms.map(({ weight }) => weight);
  const command = (body: object): Promise<SplitView> =>
    console.ask<SplitView>("/admin/splits/chat-ab", { method: "POST", body: JSON.stringify(body) });

  const press = async ({ page }: OpenPage, name: string): Promise<void> => {
    await page.locator("#splits").getByRole("button", { name }).first().click();
  };

  before(async () => {
    console = await ConsoleUnderTest.start(models);
    const ids = await Promise.all(Array.from({ length: 60 }, (_, n) => call(`s-${n}`)));
    // Sessions of their own: those of the others have spent their budget.
    await Promise.all([1, 2, 3, 4].map((n) => call(`failed-${n}`, "[[sim: fault=429]]")));
    await console.gateway.settled();
    for (const [n, id] of ids.slice(0, 12).entries()) {
      const body = { score: n % 4 === 0 ? -1 : 1 };
      const answer = await console.gateway.post(`/v1/responses/${id}/feedback`, body);
      await answer.arrayBuffer();
    }
  });
  after(() => console[Symbol.asyncDispose]());

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1_280, 390]) {
      test(`CON-7 ${colorScheme} at ${width} px: arms show what the API says`, async () => {
        await using open = await console.open({ colorScheme, viewport: { width, height: 900 } });
        const { page } = open;
        await open.overview();
        const { arms } = await split();
        assert.deepEqual(
          [64, 4, 12],
          [
            arms.reduce((sum, arm) => sum + arm.figures.requests, 0),
            arms.reduce((sum, arm) => sum + arm.figures.errors, 0),
            arms.reduce((sum, arm) => sum + arm.feedback.count, 0),
          ],
        );
        for (const arm of arms) {
          const row = page.locator(`#splits [data-arm="${arm.arm}"]:visible`);
          await row.waitFor();
          const facts = row.locator("td, dd");
          const shown = (await facts.allInnerTexts()).map((text) => text.trim()).slice(0, 7);
          const wanted = shownOf(arm);
          if (width > 768) assert.deepEqual(shown, wanted, arm.arm);
          else assert.deepEqual(shown.toSorted(), wanted.toSorted(), arm.arm);
        }
        await open.screenshot(`splits-${colorScheme}-${width}`);
        const scrollWidth = await page.evaluate("document.documentElement.scrollWidth");
        assert.ok(Number(scrollWidth) <= width, `${String(scrollWidth)} px wide`);
        assert.deepEqual(open.complaints, []);
      });
    }
  }

  test("CON-4 an arm is rolled back and gets its weight again, once confirmed", async () => {
    await using open = await console.open({ colorScheme: "dark" });
    const { page } = open;
    await open.overview();
    await press(open, "Roll back …");
    await page.getByText("Send no more calls to quality?").waitFor();
    await page.getByRole("button", { name: "No", exact: true }).click();
    assert.deepEqual(await weights(), [20, 80]);
    await press(open, "Roll back …");
    await page.getByRole("button", { name: "Yes, now" }).click();
    await page.locator('#splits [data-event="rolled_back"]').waitFor();
    await page.locator("#splits table").getByText("rolled back", { exact: true }).waitFor();
    const after = await weights();
    assert.equal(after[0], 0);
    await press(open, "Undo latest weights …");
    await open.screenshot("splits-rolled-back-dark-1280");
    await page.getByRole("button", { name: "Yes, now" }).click();
    await until("weights are as before", async () => ((await weights())[0] === 20 ? true : null));
    assert.deepEqual(open.complaints, []);
  });

  test("CON-4 weights are set and put back, a canary is begun, each once confirmed", async () => {
    await using open = await console.open({ viewport: { width: 1_280, height: 900 } });
    const { page } = open;
    await open.overview();
    await press(open, "Weights …");
    const field = page.getByLabel("Weight of quality");
    await field.fill("x");
    await page.getByText("One arm at least needs a weight").waitFor();
    assert.equal(await page.getByRole("button", { name: "Set", exact: true }).isDisabled(), true);
    await field.fill("40");
    await open.screenshot("splits-weights-1280");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByText("Divide calls from now on by quality 40, fast 80?").waitFor();
    assert.deepEqual(await weights(), [20, 80], "not before it is confirmed");
    await page.getByRole("button", { name: "Yes, now" }).click();
    await until("weights are set", async () => ((await weights())[0] === 40 ? true : null));
    await press(open, "Back to the file …");
    await page.getByRole("button", { name: "Yes, now" }).click();
    await until("weights are the file's", async () => ((await weights())[0] === 20 ? true : null));
    await page
      .locator('#splits tr[data-arm="quality"]')
      .getByRole("button", { name: "Canary …" })
      .click();
    await page.getByText("Give quality the calls step by step, 10 %, 50 %, 100 %?").waitFor();
    await page.getByRole("button", { name: "Yes, now" }).click();
    await page.getByText("Canary of quality: step 1 of 3, 10 %").waitFor();
    const { rows } = await console.ask<AuditPage>("/admin/audit?limit=3");
    assert.deepEqual(
      rows.map(({ event }) => event).filter((event) => event.startsWith("admin.split")),
      ["admin.split.canary_began", "admin.split.reset", "admin.split.weighted"],
    );
    await command({ command: "abort" });
    assert.deepEqual(await weights(), [20, 80]);
    assert.deepEqual(open.complaints, []);
  });

  test("CON-4 a canary is held, let go, moved on and ended", async () => {
    await using open = await console.open({ viewport: { width: 390, height: 900 } });
    const { page } = open;
    await command({ command: "canary", arm: "quality" });
    await open.overview();
    await page.getByText("Canary of quality: step 1 of 3, 10 %").waitFor();
    const order = async (name: string, isDone: (now: SplitView) => boolean): Promise<void> => {
      await press(open, name);
      await page.getByRole("button", { name: "Yes, now" }).click();
      await until(name, async () => (isDone(await split()) ? true : null));
    };
    await order("Pause …", ({ canary }) => canary?.state === "paused");
    await page.locator('#splits [data-canary="paused"]').waitFor();
    await open.screenshot("splits-canary-390");
    await order("Resume …", ({ canary }) => canary?.state === "running");
    await page.locator('#splits [data-canary="running"]').waitFor();
    await order("Step …", ({ canary }) => canary?.at === 1);
    await page.getByText("step 2 of 3, 50 %").waitFor();
    await order("Abort …", ({ canary }) => canary === null);
    await page.locator("#splits [data-canary]").waitFor({ state: "detached" });
    assert.deepEqual(await weights(), [20, 80]);
    assert.deepEqual(open.complaints, []);
  });

  test("CON-4 what somebody has changed meanwhile is not changed, and said so", async () => {
    await using open = await console.open();
    const { page } = open;
    await open.overview();
    await press(open, "Roll back …");
    await command({ command: "set", weights: { quality: 30, fast: 70 } });
    await page.getByRole("button", { name: "Yes, now" }).click();
    await page.getByText("Not done, the split is not as it was shown.").waitFor();
    await page.getByText("changed since phase").waitFor();
    assert.deepEqual(await weights(), [30, 70]);
    await page.locator('#splits [data-arm="quality"]:visible', { hasText: "30 %" }).waitFor();
    // And what is changed elsewhere is shown without anything being pressed.
    await command({ command: "set", weights: { quality: 20, fast: 80 } });
    await page.locator('#splits [data-arm="quality"]:visible', { hasText: "20 %" }).waitFor();
    const unlike409 = open.complaints.filter((text) => !text.includes("409"));
    assert.deepEqual(unlike409, []);
  });

  test("SEC-17 who may only look has no buttons", async () => {
    const { secret } = await console.ask<{ secret: string }>("/admin/keys", {
      method: "POST",
      body: JSON.stringify({ role: "viewer" }),
    });
    await using open = await console.open();
    await open.signIn(secret);
    await open.page.locator('#splits [data-arm="quality"]:visible').waitFor();
    assert.equal(await open.page.locator("#splits button").count(), 0);
    assert.deepEqual(open.complaints, []);
  });

  test("CON-3 a gateway without splits shows none", async () => {
    await using plain = await ConsoleUnderTest.start();
    await plain.call(1, "pair");
    await plain.gateway.settled();
    await using open = await plain.open({ locale: "ja-JP" });
    const read = open.page.waitForResponse((answer) => answer.url().includes("/admin/splits"));
    await open.overview();
    assert.equal((await read).status(), 200);
    await open.page.locator("#given").waitFor();
    assert.equal(await open.page.locator("#splits").count(), 0);
    assert.deepEqual(open.complaints, []);
  });
});
