import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { commands } from "./commands.ts";
import { runCommandLine } from "./sekisho.ts";

const script = async (shell: string): Promise<string> => {
  let text = "";
  const clock = new VirtualClock();
  const out = (part: string) => void (text += part);
  assert.equal(
    await runCommandLine(["completion", shell], { out, err: assert.fail, env: {}, clock }),
    "ok",
  );
  return text;
};

/** What bash would offer for the last of these words. */
const offered = (completion: string, words: readonly string[]): string[] => {
  const line = words.map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _sekisho`;
  const { stdout, stderr, status } = spawnSync("bash", [
    "-c",
    `${completion}\n${ask}; echo "\${COMPREPLY[*]}"`,
  ]);
  assert.equal(status, 0, String(stderr));
  return String(stdout).trim().split(" ");
};

test("OPS-5 bash offers commands, then words of a group, then options", async () => {
  const bash = await script("bash");
  const first = offered(bash, ["sekisho", ""]);
  for (const { name } of commands) assert.ok(first.includes(name.split(" ")[0] ?? ""), name);
  assert.deepEqual(offered(bash, ["sekisho", "do"]), ["doctor"]);
  assert.deepEqual(offered(bash, ["sekisho", "keys", "r"]), ["rotate", "revoke"]);
  assert.deepEqual(offered(bash, ["sekisho", "keys", "rotate", "--g"]), ["--grace"]);
  assert.deepEqual(offered(bash, ["sekisho", "keys", "rotate", "key_1", "--g"]), ["--grace"]);
  assert.deepEqual(offered(bash, ["sekisho", "start", "--port", "80", "--conf"]), ["--config"]);
  const circuits = offered(bash, ["sekisho", "circuits", ""]);
  for (const word of ["force-open", "reset", "--json"]) assert.ok(circuits.includes(word), word);
  assert.deepEqual(offered(bash, ["sekisho", "nonsense", "x"]), [""]);
});

test("OPS-5 zsh uses the same words", async () => {
  const zsh = await script("zsh");
  assert.match(zsh, /^#compdef sekisho\n/);
  assert.ok(zsh.includes(await script("bash")));
});
