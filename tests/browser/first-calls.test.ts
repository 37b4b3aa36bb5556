import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { noChromium } from "../harness/chromium.ts";
import { ConsoleUnderTest } from "../harness/console-under-test.ts";
import { until } from "../harness/until.ts";

const run = promisify(execFile);
const skip = noChromium;

test(
  "CON-6 the code that is shown runs as it stands: curl, OpenAI SDK, AWS SDK",
  { skip },
  async () => {
    await using console = await ConsoleUnderTest.start();
    await using open = await console.open();
    await open.overview();
    const blocks = open.page.locator("figure pre");
    await until("three calls", async () => ((await blocks.count()) === 3 ? true : null));
    const [curl = "", ...programs] = await blocks.allInnerTexts();
    const answer = await run("sh", ["-c", `${curl} --silent`]);
    assert.match(answer.stdout, /"chat\.completion"/);
    // Where Node finds the SDKs, and nobody a file that a killed test leaves.
    const cache = join(import.meta.dirname, "../../node_modules/.cache");
    await mkdir(cache, { recursive: true });
    const folder = await mkdtemp(join(cache, "first-calls-"));
    try {
      for (const [n, program] of programs.entries()) {
        const file = join(folder, `call-${n}.mjs`);
        await writeFile(file, program);
        const said = await run(process.execPath, [file], { timeout: 90_000 });
        assert.match(said.stdout, /\S/, program);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    await open.tile("Requests", (text) => text.includes("3 calls"));
  },
);
