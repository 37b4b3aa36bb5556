import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";

import type { ReadyLine } from "../harness/server-process.ts";
import { firstLine, InstalledPackage, run, shellEnvironment } from "./installed-package.ts";

const root = join(import.meta.dirname, "../..");
const packageBytesLimit = 2_000_000;

let installed: InstalledPackage | null = null;
before(async () => {
  installed = await InstalledPackage.make();
});
after(() => installed?.[Symbol.dispose]());

/** The folder of the user; the test is skipped where npm could not install. */
function folderOf(context: TestContext): string | null {
  if (installed === null) context.skip("npm reaches no registry, and has no copy of a dependency");
  return installed?.folder ?? null;
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );

/** Of the log, all but warnings: a busy machine is one. */
const unforeseen = (log: string): string => log.replaceAll(/^\{.*"level":"warn".*\n/gm, "");

describe("the tarball alone, in a fresh folder", () => {
  test("holds JavaScript and types, the console and the papers; no source, no test", (context) => {
    const folder = folderOf(context);
    if (folder === null) return;
    const files = filesBelow(join(folder, "node_modules/sekisho"));
    assert.deepEqual(
      files.filter((path) => /(?<!\.d)\.tsx?$|\.test\.|fixture|harness|conformance/.test(path)),
      [],
    );
    for (const needed of [
      "README.md",
      "LICENSE",
      "NOTICE",
      "console/dist/pages.json",
      "lib/storage/writer-thread/sqlite-writer-boot.js",
      "lib/storage/writer-thread/sqlite-writer-thread.js",
      "server/library/sekisho.d.ts",
      "client/sekisho-client.d.ts",
      "client/react/use-answer.d.ts",
      "client/ai/chat-transport.d.ts",
    ]) {
      assert.ok(files.includes(needed), needed);
    }
    const size = installed?.facts.bytes ?? Infinity;
    assert.ok(size < packageBytesLimit, `${size} bytes, the limit is ${packageBytesLimit}`);
  });

  test("npx sekisho start answers a call, and has its console", async (context) => {
    const folder = folderOf(context);
    if (folder === null) return;
    // A group of its own: npx runs a shell, and that the program.
    const child = spawn("npx", ["--no", "sekisho", "start", "--json", "--port", "0"], {
      cwd: folder,
      env: shellEnvironment(),
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const exited = once(child, "exit");
    try {
      // The program's own line, in this shape.
      const { urls, demoKey } = JSON.parse(await firstLine(child.stdout)) as ReadyLine;
      const question = '{"model":"fast","messages":[{"role":"user","content":"Say yes"}]}';
      const headers = [`authorization: Bearer ${demoKey}`, "content-type: application/json"];
      const { code, stdout } = await run(
        "curl",
        [
          "--silent",
          "--fail",
          `${urls["api"]}/v1/chat/completions`,
          ...headers.flatMap((header) => ["--header", header]),
          "--data",
          question,
        ],
        folder,
      );
      assert.equal(code, 0);
      assert.match(stdout, /"finish_reason":"stop"/);
      assert.equal((await fetch(`${urls["admin"]}/console`)).status, 200);
      const asked = await run("node", ["-e", asking, urls["api"] ?? "", demoKey ?? ""], folder);
      assert.deepEqual([asked.code, asked.stdout, asked.stderr], [0, "done stop true\n", ""]);
    } finally {
      process.kill(-(child.pid ?? 0), "SIGTERM");
      await exited;
    }
  });

  test("STR-10 a page loads the client alone, and React for the hook", (context) => {
    const folder = folderOf(context);
    if (folder === null) return;
    const client = join(folder, "node_modules/sekisho/client");
    const scripts = filesBelow(client).filter((path) => path.endsWith(".js"));
    assert.ok(scripts.length >= 6, scripts.join());
    const outside = scripts.flatMap((path) =>
      [...readFileSync(join(client, path), "utf8").matchAll(/^(?:import|\} from) .*"(.+)";$/gm)]
        .map(([, specifier = ""]) => specifier)
        .filter(
          (specifier) =>
            !join(client, path, "..", specifier).startsWith(client) || !specifier.startsWith("."),
        )
        .map((specifier) => `${path}: ${specifier}`),
    );
    assert.deepEqual(outside, ["react/use-answer.js: react"]);
  });

  for (const example of readdirSync(join(root, "examples"))) {
    if (!example.endsWith(".ts")) continue;
    test(`REF-1 examples/${example} runs as it stands`, async (context) => {
      const folder = folderOf(context);
      if (folder === null) return;
      // Nothing in the examples is TypeScript alone.
      cpSync(join(root, "examples", example), join(folder, "app.mjs"));
      const { code, stdout, stderr } = await run(process.execPath, ["app.mjs"], folder);
      assert.deepEqual([code, unforeseen(stderr)], [0, ""], stderr);
      assert.notEqual(stdout, "");
    });
  }

  test("both ways of loading find it, and an old Node is told what to do", async (context) => {
    const folder = folderOf(context);
    if (folder === null) return;
    const node = (code: string): ReturnType<typeof run> => run("node", ["-e", code], folder);
    const required = await node('console.log(typeof require("sekisho").createGateway)');
    assert.deepEqual(required, { code: 0, stdout: "function\n", stderr: "" });
    const aged = 'Object.defineProperty(process.versions, "node", { value: "20.19.0" });';
    for (const load of ['import("sekisho")', 'require("sekisho")']) {
      const { code, stderr } = await node(`${aged} ${load}`);
      assert.equal(code, 1);
      assert.match(stderr, /Sekisho needs Node 24\.12 or newer.*npm install node@26/);
    }
  });

  test("TypeScript finds its types, without those of Node", async (context) => {
    const folder = folderOf(context);
    if (folder === null) return;
    const compilerOptions = {
      module: "nodenext",
      target: "esnext",
      lib: ["esnext", "dom"],
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
    };
    const write = (name: string, said: string): void => writeFileSync(join(folder, name), said);
    write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    write("package.json", JSON.stringify({ type: "module" }));
    const tsc = join(root, "node_modules/.bin/tsc");
    write("consumer.ts", consumer);
    const right = await run(tsc, ["-p", "."], folder);
    assert.deepEqual([right.code, right.stdout], [0, ""]);
    write("consumer.ts", consumer.replace('agentId: "a"', "agentID: 1"));
    assert.match((await run(tsc, ["-p", "."], folder)).stdout, /agentI[dD]/);
    write("consumer.ts", consumer.replace('user: "u"', "user: 1"));
    assert.match((await run(tsc, ["-p", "."], folder)).stdout, /'number' is not assignable/);
  });
});

/** A program of the user's that asks over a session. */
const asking = `
  const [url, token] = process.argv.slice(1);
  import("sekisho/client").then(async ({ SekishoClient }) => {
    const client = new SekishoClient({ url, token });
    const messages = [{ role: "user", content: "Say yes" }];
    const answer = client.start({ model: "fast", messages });
    const { finish } = await answer.ended;
    console.log(answer.state, finish, answer.text.length > 0);
    client.close();
  });
`;

const consumer = `
import { createGateway, SekishoError, type CompletionResult, type GatewayConfig } from "sekisho";
import { SekishoClient } from "sekisho/client";
import { SekishoChatTransport } from "sekisho/client/ai";
import { useAnswer } from "sekisho/client/react";

const config: GatewayConfig = { data: ":memory:", models: {}, listen: { port: 0 } };
await using gateway = await createGateway(config);
const asked = { prompt: "Hello", model: "fast", tenantId: "demo", agentId: "a" };
const answer: CompletionResult = await gateway.complete(asked);
for await (const { text, index } of gateway.stream(asked)) text.at(index);
const cost: string = (await gateway.usage({ range: "7d" })).totalCostNanoUsd;
export const code = (error: unknown): string =>
  error instanceof SekishoError && error.code === "budget_exhausted" ? String(error.limit) : "";
const client = new SekishoClient({ url: "https://gateway.example", token: async () => "t" });
for await (const event of client.start({ model: "fast" }, { user: "u" }))
  if (event.type === "text") event.text.at(0);
export const shown = (): string => useAnswer(client).text;
export const transport = new SekishoChatTransport({ client, model: "fast" });
export const all = [answer.tokens.total, cost, gateway.health().status];
`;

test("two runs on one clone give the same bytes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sekisho-again-"));
  try {
    const first = installed?.facts ?? (await InstalledPackage.pack(folder));
    assert.equal((await InstalledPackage.pack(folder)).integrity, first.integrity);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
