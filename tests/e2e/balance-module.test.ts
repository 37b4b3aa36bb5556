import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { ServerProcess } from "../harness/server-process.ts";

const upstreamModel = "gpt-4-turbo";

const config = (simulatorUrl: string): ConfigInput => ({
  providers: {
    east: { kind: "simulator", region: "us-east-1", baseUrl: `${simulatorUrl}/us-east-1/v1` },
    west: { kind: "simulator", region: "us-west-2", baseUrl: `${simulatorUrl}/us-west-2/v1` },
  },
  models: {
    own: {
      targets: ["east", "west"].map((provider) => ({ provider, model: upstreamModel })),
      balance: "./balance.ts",
    },
  },
});

/** A balancer that prefers this provider, as somebody would write it. */
const preferring = (provider: string): string => `
import type { NamedCandidate } from "@sekisho/lib/resilience/balance.ts";

export default (candidates: readonly NamedCandidate[]): number[] =>
  candidates
    .map((_, index) => index)
    .sort((a, b) => rank(candidates[a]) - rank(candidates[b]));

const rank = (candidate?: NamedCandidate): number =>
  candidate?.id.startsWith("${provider}/") ? 0 : 1;
`;

const start = (module: string): Promise<OperatedGateway> =>
  OperatedGateway.start({ config, files: { "balance.ts": module } });

const moduleOf = ({ gateway }: OperatedGateway): string =>
  join(dirname(gateway.server.data), "balance.ts");

test("REF-7 a module beside the file orders the targets, a reload takes the new one", async () => {
  await using operated = await start(preferring("west"));
  for (let n = 0; n < 3; n++) assert.equal((await operated.call("own")).by, "west");
  const { pools, attempts, sentences } = await operated.explain({ model: "own" });
  assert.deepEqual(pools, [{ name: "own", balance: "./balance.ts" }]);
  assert.equal(attempts[0]?.provider, "west");
  assert.match(sentences[1] ?? "", /\.\/balance\.ts \(a module of one's own\): west\/.*, east\//);

  writeFileSync(moduleOf(operated), preferring("east"));
  assert.equal((await operated.call("own")).by, "west", "not before the reload");
  await operated.sekisho("config", "reload");
  assert.equal((await operated.call("own")).by, "east");

  writeFileSync(moduleOf(operated), "export const order = 1;");
  const broken = await operated.run(["config", "reload"]);
  assert.equal(broken.code, 4);
  assert.match(broken.stderr, /models\.own\.balance: the module \.\/balance\.ts cannot be used/);
  assert.equal((await operated.call("own")).by, "east", "the last good one stays");
});

test("REF-7 a module that throws or answers nonsense is passed over, and logged once", async () => {
  await using operated = await start(`
    let calls = 0;
    export default () => {
      calls += 1;
      if (calls % 2 === 0) throw new Error("no order today");
      return [7];
    };
  `);
  for (let n = 0; n < 6; n++) {
    assert.deepEqual(await operated.call("own"), { status: 200, by: "east", attempts: 1 });
  }
  const lines = operated.gateway.server.log.split("\n").filter((line) => line.includes("module"));
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0] ?? "", /"object":"\.\/balance\.ts"/);
});

test("SEC-13 the admin API names no module", async () => {
  await using operated = await start(preferring("west"));
  const path = "/admin/config/models.own.balance";
  for (const value of ["./balance.ts", "/tmp/other.js"]) {
    const response = await operated.admin("PUT", path, { value });
    assert.equal(response.status, 400);
    assert.match(await response.text(), /names a module, which only the file/);
  }
  assert.equal((await operated.admin("PUT", path, { value: "failover" })).status, 200);
  assert.equal((await operated.call("own")).by, "east");
});

test("REF-7 a start with a wrong module says where it is named", async () => {
  const file = JSON.stringify(config("http://127.0.0.1:9"));
  const started = ServerProcess.start({ config: file, files: { "balance.ts": "export {};" } });
  await assert.rejects(
    started,
    /sekisho\.yaml:1: models\.own\.balance: the module \.\/balance\.ts/,
  );
});
