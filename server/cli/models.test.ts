import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test, type TestContext } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { problemOf } from "@sekisho/wire/admin/problem.ts";
import type { ModelListView, ModelTargetView, ModelView } from "@sekisho/wire/admin/models.ts";
import { knownDetails, unknownDetails } from "@sekisho/wire/canonical/model-details-fixture.ts";
import { runCommandLine } from "./sekisho.ts";

const target: ModelTargetView = {
  pool: "fast",
  provider: "bedrock",
  region: "us-east-1",
  credential: null,
  upstreamModel: "claude-x",
  priority: 0,
  weight: 2,
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000,
  capabilities: knownDetails.capabilities,
  source: "a model card",
  confidence: "A",
  price: knownDetails.price,
  nextPrice: null,
};

const known: ModelView = {
  name: "fast",
  wildcard: null,
  pools: [{ name: "fast", balance: "p2c" }],
  details: knownDetails,
  targets: [target],
  notes: [],
};

const odd: ModelView = {
  name: "odd",
  wildcard: "o*",
  pools: [{ name: "odd", balance: "round-robin" }],
  details: unknownDetails,
  targets: [{ ...target, pool: "odd", upstreamModel: "nobody", price: null, capabilities: null }],
  notes: ["nobody has no price"],
};

const list: ModelListView = { book: "2026-11-20", models: [known, odd], wildcards: ["o*"] };

/** An admin API with one answer. */
const serve = async (t: TestContext, status: number, reply: unknown) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const env = { SEKISHO_URL: `http://127.0.0.1:${address.port}`, SEKISHO_ADMIN_KEY: "k" };
  const run = async (...argv: string[]) => {
    const said = { out: "", err: "" };
    const exit = await runCommandLine(argv, {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      env,
      clock: new VirtualClock(),
    });
    return { exit, ...said };
  };
  return { asked, run };
};

test("models is a table of names, prices and abilities, patterns below it", async (t) => {
  const { asked, run } = await serve(t, 200, list);
  const { exit, out } = await run("models");
  assert.deepEqual([exit, asked], ["ok", ["GET /admin/models"]]);
  const [head = "", fast = "", behind, last = "", nobody, ...below] = out.split("\n");
  const cells = (line: string): string[] => line.split(/ {2,}/);
  assert.deepEqual(cells(head), ["NAME", "WINDOW", "OUTPUT", "USD IN", "USD OUT", "CAN", "NOTES"]);
  assert.deepEqual(cells(fast), [
    "fast",
    "1,000,000",
    "128,000",
    "0.1",
    "0.5",
    "-?to-cs-",
    "dearer over 100,000, price of 2026-10-07",
  ]);
  assert.equal(behind, "  claude-x");
  assert.deepEqual(cells(last), ["odd", "-", "-", "-", "-", "????????", "unpriced"]);
  assert.equal(nobody, "  nobody");
  assert.deepEqual(below, [
    "",
    "CAN: i images, d documents, t tools, o structured output, r reasoning, c prompt caching,",
    "s streaming, e embeddings, ? unknown",
    "patterns: o*",
    "USD per million tokens, price book 2026-11-20",
    "",
  ]);
  assert.deepEqual(JSON.parse((await run("models", "--json")).out), list);
});

test("models keeps to 100 columns, whatever stands behind a name", async (t) => {
  const upstream = ["anthropic.claude-3-sonnet-20240229-v1:0", "gpt-3.5-turbo", "gemini-1.5-flash"];
  const targets = upstream.map((upstreamModel) => ({ ...target, upstreamModel }));
  const wildcards = Array.from({ length: 30 }, (_, n) => `*.anthropic.of-mine-${n}.*`);
  const itself = { ...known, name: "claude-x" };
  const sure = { ...knownDetails.price, confidence: "C" as const };
  const noted = { ...known, details: { ...knownDetails, price: sure, hasSeveralPrices: true } };
  const { run } = await serve(t, 200, {
    ...list,
    models: [{ ...noted, name: "claude-3.5-sonnet", targets }, itself],
    wildcards,
  });
  const { out } = await run("models");
  const lines = out.split("\n");
  for (const line of lines) assert.ok(line.length <= 100, line);
  assert.ok(lines.includes(`  ${upstream.join(", ")}`));
  const at = (words: string) => lines.find((line) => line.includes(words))?.indexOf(words);
  assert.equal(at("price not confirmed"), at("dearer over"), "notes go on below each other");
  assert.ok(!lines.includes("  claude-x"), "a name that is its own model says so once");
  assert.equal(out.match(/of-mine-\d+/g)?.length, 30);
});

test("models NAME is everything about one", async (t) => {
  const { asked, run } = await serve(t, 200, known);
  const { out } = await run("models", "a/b:c");
  assert.deepEqual(asked, ["GET /admin/models/a%2Fb%3Ac"]);
  for (const line of [
    /^fast$/m,
    /^pools: fast \(p2c\)$/m,
    /^window: 1,000,000$/m,
    /^output: 128,000$/m,
    /^can: text, tools, structured output, prompt caching, streaming$/m,
    /^cannot: images, reasoning, embeddings$/m,
    /^unknown: documents$/m,
    /^source: a model card \(A\)$/m,
    /^fast +bedrock +us-east-1 +- +claude-x +0 +2 +1,000,000 +128,000$/m,
    /^claude-x +up to 100,000 +0\.1 +0\.5 +0\.01 +0\.125 +0\.2 +2026-10-07 +- +B +a price list +/m,
    / a price list +book\/m$/m,
    /^claude-x +over 100,000 +0\.5 +0\.5 +/m,
  ]) {
    assert.match(out, line);
  }
  assert.deepEqual(JSON.parse((await run("models", "fast", "--json")).out), known);
});

test("what is not known is said to be unknown, and notes stand last", async (t) => {
  const { run } = await serve(t, 200, odd);
  const { out } = await run("models", "odd");
  assert.match(out, /^odd, served by the pattern o\*$/m);
  assert.match(out, /^window: unknown$/m);
  assert.match(out, /\n\n- nobody has no price\n$/);
  assert.doesNotMatch(out, /USD per million/);
});

test("a name that nobody has is refused in the server's words", async (t) => {
  const detail = 'Cannot find model "fats": it is not configured; the nearest is "fast"';
  const { run } = await serve(t, 404, problemOf("model_not_found", { detail, requestId: "req_1" }));
  const { exit, err } = await run("models", "fats");
  assert.equal(exit, "refused");
  assert.match(err, /the nearest is "fast"/);
});
