import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { embeddedDefault } from "@sekisho/server/config/trees/default-config.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { inSomeTry } from "../harness/in-some-try.ts";
import { programEnvironment } from "../harness/program-environment.ts";
import { ServerProcess } from "../harness/server-process.ts";

const script = join(import.meta.dirname, "../../scripts/drill.ts");
const endsWithinMs = 90_000;

interface DrillRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The document that a drill with `--json` ends with. */
interface DrillDocument {
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly findings: readonly { readonly what: string; readonly isMet: boolean }[];
}

const runDrill = (...args: readonly string[]): Promise<DrillRun> =>
  new Promise((resolve) => {
    const options = { timeout: endsWithinMs, env: programEnvironment() };
    const child = execFile(process.execPath, [script, ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });

/** The embedded default, whose circuits are open for seconds. */
const quick: ConfigInput = {
  ...embeddedDefault,
  models: {
    ...embeddedDefault.models,
    chat: { ...embeddedDefault.models.chat, breaker: { openMs: 700, openGrowth: 1 } },
  },
  chat: { circuit: { openMs: 1_000 } },
};

describe("REF-10 the drills, against a server whose circuits are open for a second", () => {
  let server: ServerProcess;
  before(async () => {
    server = await ServerProcess.start({ config: JSON.stringify(quick) });
  });
  after(() => server[Symbol.asyncDispose]());

  const drill = async (name: string, ...args: readonly string[]) => {
    const run = await runDrill(name, server.url, "--json", ...args);
    assert.notEqual(run.stdout, "", run.stderr);
    // The drill's own document, of this shape.
    const document = JSON.parse(run.stdout) as DrillDocument;
    const unmet = document.findings.filter(({ isMet }) => !isMet).map(({ what }) => what);
    return { ...run, ...document, unmet };
  };

  test("circuit", () =>
    inSomeTry(3, async () => {
      const { code, ok, unmet, findings, stderr } = await drill("circuit");
      assert.deepEqual([code, ok, unmet], [0, true, []]);
      assert.equal(findings.length, 9);
      assert.match(stderr, /^circuit open, 3, 3, true$/m);
    }));

  test("recovery", () =>
    inSomeTry(3, async () => {
      const { code, unmet, figures } = await drill("recovery");
      assert.deepEqual([code, unmet], [0, []]);
      assert.deepEqual(figures["states"], ["open", "half_open", "closed"]);
    }));

  test("distribution", () =>
    inSomeTry(3, async () => {
      const { code, unmet, figures } = await drill("distribution", "--calls=30", "--rate=60");
      assert.deepEqual([code, unmet], [0, []]);
      assert.partialDeepStrictEqual(figures, {
        strategy: "round-robin",
        failed: 0,
        regions: ["us-east-1", "us-west-2", "ap-northeast-1"].map((region) => ({
          region,
          served: 10,
        })),
      });
    }));

  test("monitor", async () => {
    const { code, figures, stderr } = await drill("monitor", "--seconds=1");
    assert.equal(code, 0);
    assert.equal(Object(figures["samples"]).length, 1);
    assert.match(stderr, /circuit closed 0 {2}us-east-1 well \d+ \(/);
  });

  test("region-outage: all is met but the full share, which comes after 60 s", () =>
    inSomeTry(3, async () => {
      const times = ["--before=1", "--outage=2", "--healed=2"];
      const { code, ok, unmet, figures, stderr } = await drill("region-outage", ...times);
      assert.deepEqual([code, ok, unmet], [1, false, ["full share after"]]);
      const { before, outage, healed } = Object(figures["phases"]);
      assert.ok(before.regions["us-east-1"] > 10, JSON.stringify(figures));
      // One may have been sent while the order to fail was on its way.
      assert.ok((outage.regions["us-east-1"] ?? 0) <= 1, JSON.stringify(outage));
      assert.ok(healed.regions["us-east-1"] > 0);
      assert.deepEqual([figures["errors"], figures["causes"]], [0, ""]);
      assert.match(stderr, /answers 503 for 2 s, then .+: 3 to 5 s in all\n/);
      // More than one for each: what failed was tried elsewhere.
      assert.ok(Number(figures["attemptsPerCall"]) > 1);
      const status: unknown = await (await fetch(`${server.url}/test/circuit-status`)).json();
      assert.partialDeepStrictEqual(status, { circuit_state: "closed", failures_enabled: false });
    }));
});

test("RTE-4 canary: one that fails is rolled back, a healthy one has all calls", () =>
  inSomeTry(3, async () => {
    const { code, stdout, stderr } = await runDrill(
      "canary",
      "--own",
      "--json",
      "--errors=0.5",
      "--rate=120",
      "--requests=15",
      "--first=9",
      "--step=0.2",
      "--window=60",
    );
    assert.equal(code, 0, stdout + stderr);
    // The drill's own document, of this shape.
    const { figures } = JSON.parse(stdout) as DrillDocument;
    assert.partialDeepStrictEqual(figures, {
      broken: { end: "rolled_back", rollbacks: 1, callsBehind: 0 },
      well: { end: "completed", steps: [9, 10, 50, 100], failed: 0, wentBack: 0 },
      rollbacksAudited: 1,
    });
  }));

describe("a drill that cannot be run says why", () => {
  test("where it needs a server of its own", async () => {
    const { code, stderr } = await runDrill("hedging", "http://127.0.0.1:1");
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^Cannot run drill "hedging" against http.+: it needs .+, and starts a server with it\n$/,
    );
  });

  test("where no server is", async () => {
    const { code, stdout, stderr } = await runDrill("circuit", "http://127.0.0.1:1", "--json");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^Cannot reach http:\/\/127\.0\.0\.1:1: no server answers there\./);
  });

  test("where the server has no test endpoints", async () => {
    await using server = await ServerProcess.start({
      config: "features: { testEndpoints: false }\n",
    });
    const { code, stderr } = await runDrill("circuit", server.url);
    assert.equal(code, 2);
    assert.match(stderr, /it serves no test endpoints; features\.testEndpoints turns them on/);
  });

  test("where the chat service has no model", async () => {
    const { chat: _, ...models } = embeddedDefault.models;
    const config = JSON.stringify({ ...embeddedDefault, models });
    await using server = await ServerProcess.start({ config });
    const { code, stderr } = await runDrill("circuit", server.url);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^Cannot drill .+: its chat service has no model: .+ chat\.model names\n$/,
    );
  });

  test("where there is none of its name", async () => {
    const { code, stderr } = await runDrill("chaos");
    assert.equal(code, 2);
    assert.match(stderr, /^Cannot run drill "chaos": .+; there are circuit, .+, hedging\n$/);
    assert.match((await runDrill("circiut")).stderr, /; did you mean circuit\?\n$/);
  });
});
