import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ConfigView } from "@sekisho/wire/admin/config.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { runProgram } from "../harness/run-program.ts";
import { steeredConfig } from "../harness/steered-config.ts";

let gateway: GatewayUnderTest;

const write = (name: string, text: string): Promise<void> =>
  writeFile(join(gateway.server.folder, name), text);

const models = (attemptMs: number): string =>
  `models:\n  sole:\n    timeouts: { attemptMs: ${attemptMs} }\n`;

before(async () => {
  gateway = await GatewayUnderTest.start({
    config: (simulatorUrl) => ({ ...steeredConfig(simulatorUrl), env: "staging" }),
    files: {
      "sekisho.staging.yaml": models(7_000),
      "sekisho.prod.yaml": `providers: { near: { pool: { connections: 3 } } }\n${models(9_000)}`,
    },
    env: { SEKISHO_ENV: "prod" },
  });
});
after(() => gateway[Symbol.asyncDispose]());

const show = async (path: string): Promise<readonly [unknown, string, number | null]> => {
  const view = await fetch(`${gateway.url}/admin/config`, {
    headers: { authorization: `Bearer ${gateway.server.ready.adminKey}` },
  });
  // The server's own answer.
  const { values } = (await view.json()) as ConfigView;
  const { value, origin, line } = values.find((each) => each.path === path) ?? assert.fail(path);
  return [value, origin, line];
};

test("OPS-3 the server runs with the overlay of its environment, and says so", async () => {
  assert.deepEqual(await show("models.sole.timeouts.attemptMs"), [9_000, "overlay", 4]);
  assert.deepEqual(await show("providers.near.pool.connections"), [3, "overlay", 1]);
  assert.deepEqual(await show("env"), ["prod", "environment", null]);
  const words = ["config", "show", "models.sole.timeouts", "--origin"];
  const { stdout, stderr } = await runProgram([...words, "--data", gateway.server.data]);
  assert.match(stdout, /^models\.sole\.timeouts\.attemptMs +9000 +sekisho\.prod\.yaml:4$/m);
  assert.match(stderr, /^overlay: .*sekisho\.prod\.yaml$/m);
  assert.equal((await gateway.chat("Reply with exactly: served")).status, 200);
});

test("OPS-3 a check reads both files, and names the one at fault", async () => {
  await write("sekisho.dev.yaml", "log:\n  levle: debug\n");
  const check = (env: string) =>
    runProgram(["config", "check", join(gateway.server.folder, "sekisho.yaml"), "--env", env]);
  const fine = await check("staging");
  assert.equal(fine.code, 0);
  assert.match(fine.stderr, /sekisho\.yaml with .*sekisho\.staging\.yaml is valid/);
  const wrong = await check("dev");
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /sekisho\.dev\.yaml:2: log\.levle .*"level"/);
});

test("OPS-3 a reload reads the overlay again; a broken one changes nothing", async () => {
  await write("sekisho.prod.yaml", models(8_000));
  const reload = () => runProgram(["config", "reload", "--data", gateway.server.data]);
  assert.equal((await reload()).code, 0);
  assert.deepEqual(await show("models.sole.timeouts.attemptMs"), [8_000, "overlay", 3]);
  const [connections, origin] = await show("providers.near.pool.connections");
  assert.deepEqual([connections, origin], ["auto", "default"]);
  await write("sekisho.prod.yaml", models(-1));
  const refused = await reload();
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /sekisho\.prod\.yaml:3: models\.sole\.timeouts\.attemptMs/);
  assert.deepEqual((await show("models.sole.timeouts.attemptMs"))[0], 8_000);
  assert.equal((await gateway.chat("Reply with exactly: served")).status, 200);
});
