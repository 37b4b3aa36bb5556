import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runProgram } from "../harness/run-program.ts";
import { ServerProcess } from "../harness/server-process.ts";

const path = join(import.meta.dirname, "../../examples/steering.yaml");

let server: ServerProcess;
before(async () => {
  server = await ServerProcess.start({ config: readFileSync(path, "utf8") });
});
after(() => server[Symbol.asyncDispose]());

/** What its own comment has `curl` print of an answer, without `x-sekisho-`. */
async function ask(model: string, content: string, session = "s-1") {
  const answer = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${server.ready.demoKey}`, "x-sekisho-session": session },
    body: JSON.stringify({ model, messages: [{ role: "user", content }] }),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  await answer.text();
  const said = (name: string): string | null => answer.headers.get(`x-sekisho-${name}`);
  return {
    model: said("model"),
    arm: said("arm"),
    cache: said("cache"),
    cost: said("cost-nano-usd"),
  };
}

test("REF-18 examples/steering.yaml is valid, without a warning", async () => {
  const { code, stderr } = await runProgram(["config", "check", path]);
  assert.deepEqual([code, stderr], [0, `${path} is valid.\n`]);
});

test("RTE-5 STR-14 its choice leads to what keeps answers, or to the strong model", async () => {
  const first = await ask("smart", "Hello");
  assert.deepEqual([first.model, first.cache], ["gpt-4o-mini", "miss"]);
  assert.ok(Number(first.cost) > 0);
  const again = await ask("smart", "Hello");
  assert.deepEqual([again.model, again.cache, again.cost], ["gpt-4o-mini", "hit", "0"]);
  const strong = await ask("smart", "Compare them");
  assert.deepEqual([strong.model, strong.cache], ["gpt-4o", null]);
});

test("STR-14 a purge of its cheap model takes what its choice was answered by that", async () => {
  assert.equal((await ask("smart", "Good morning")).cache, "miss");
  const purge = ["cache", "purge", "--alias", "cheap", "--data", server.data];
  assert.match((await runProgram(purge)).stdout, /^[1-9]\d* answers? purged/);
  assert.equal((await ask("smart", "Good morning")).cache, "miss");
});

test("RTE-4 its split keeps each session with an arm, and both arms have some", async () => {
  const upstream = new Map([
    ["strong", "gpt-4o"],
    ["fresh", "gpt-4-turbo"],
  ]);
  const arms = new Set<string>();
  for (let n = 0; n < 40; n += 1) {
    const [one, two] = [await ask("trial", "Hi", `s-${n}`), await ask("trial", "Hi", `s-${n}`)];
    assert.equal(two.arm, one.arm);
    assert.equal(one.model, upstream.get(one.arm ?? ""));
    arms.add(one.arm ?? "");
  }
  assert.deepEqual([...arms].toSorted(), ["fresh", "strong"]);
});

test("OPS-5 its comment names commands that there are, and they work", async () => {
  const place = ["--data", server.data];
  for (const [args, says] of [
    [["explain", "smart"], /cheap|strong/],
    [["splits", "set", "trial", "fresh=50"], /fresh +50/],
    [["splits", "show", "trial"], /fresh +50/],
    [["cache", "status"], /smart +\d+ +1 /],
  ] as const) {
    const { code, stdout, stderr } = await runProgram([...args, ...place]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, says);
  }
});
