import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { commands } from "./commands.ts";
import { exitCodes } from "./exit-codes.data.ts";
import { runCommandLine } from "./sekisho.ts";

const run = async (line: string) => {
  const said = { out: "", err: "" };
  const exit = await runCommandLine(line === "" ? [] : line.split(" "), {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env: {},
    clock: new VirtualClock(),
  });
  return { exit, ...said };
};

test("OPS-5 help names every command and every exit code", async () => {
  for (const line of ["help", "--help", "-h"]) {
    const { exit, out, err } = await run(line);
    assert.deepEqual([exit, err], ["ok", ""]);
    for (const { name, summary } of commands) {
      assert.ok(out.includes(name) && out.includes(summary));
    }
    for (const { code, meaning } of Object.values(exitCodes)) {
      assert.match(out, new RegExp(`${code} +${RegExp.escape(meaning)}`));
    }
  }
});

for (const { name, options } of commands) {
  test(`OPS-5 sekisho ${name} --help shows its options, as help ${name} does`, async () => {
    const { exit, out, err } = await run(`${name} --help`);
    assert.deepEqual([exit, err], ["ok", ""]);
    assert.match(out, new RegExp(`^Usage: sekisho ${name}`));
    for (const option of options) assert.ok(out.includes(`--${option.name}`));
    for (const row of out.split("\n")) assert.ok(row.length <= 120, row);
    assert.equal((await run(`help ${name}`)).out, out);
  });
}

for (const command of commands) {
  test(`the code of sekisho ${command.name} loads`, async () => {
    if (command.name === "start") return;
    assert.equal(typeof (await command.load()), "function");
  });
}

test("a group alone shows its commands and is wrong; with --help it is right", async () => {
  const alone = await run("keys");
  assert.deepEqual([alone.exit, alone.out], ["usage", ""]);
  assert.match(alone.err, /keys rotate \[id\]/);
  const asked = await run("keys --help");
  assert.deepEqual([asked.exit, asked.err, asked.out], ["ok", "", alone.err]);
  assert.equal((await run("help keys")).out, alone.err);
});

test("a group that is a command as well runs alone, and its help lists its words", async () => {
  const { exit, err } = await run("circuits --data /nonexistent");
  assert.equal(exit, "unreachable", err);
  const { out } = await run("circuits --help");
  assert.match(out, /^Usage: sekisho circuits \[options\]\n/);
  assert.match(out, /Commands:\n {2}circuits force-open <id> /);
});

const unknown: readonly (readonly [line: string, hint: string])[] = [
  ["strat", 'did you mean "sekisho start"?'],
  ["docter", 'did you mean "sekisho doctor"?'],
  ["keys rotat", 'did you mean "sekisho keys rotate"?'],
  ["key list", 'did you mean "sekisho keys"?'],
  ["config chekc", 'did you mean "sekisho config check"?'],
  ["circuits forec-open x", 'did you mean "sekisho circuits force-open"?'],
  ["circuits open x", 'did you mean "sekisho circuits force-open"?'],
  ["circiuts", 'did you mean "sekisho circuits"?'],
  ["drian x", 'did you mean "sekisho drain"?'],
  ["xyzzy", 'see "sekisho help"'],
  ["help xyzzy", 'see "sekisho help"'],
];

for (const [line, hint] of unknown) {
  test(`OPS-5 "sekisho ${line}" ends with 2 and says: ${hint}`, async () => {
    const { exit, out, err } = await run(line);
    assert.deepEqual([exit, out], ["usage", ""]);
    assert.ok(err.startsWith("sekisho: Unknown command") && err.includes(hint), err);
  });
}

test("no command at all shows the help on standard error and ends with 2", async () => {
  const { exit, out, err } = await run("");
  assert.deepEqual([exit, out], ["usage", ""]);
  assert.match(err, /^Sekisho, a gateway/);
});

test("the version is that of the package", async () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  assert.deepEqual(await run("--version"), { exit: "ok", out: `${manifest.version}\n`, err: "" });
});

test("docs/operating/cli.md has every command, option and exit code", () => {
  const path = new URL("../../docs/operating/cli.md", import.meta.url);
  const doc = readFileSync(path, "utf8");
  for (const { name, options } of commands) {
    assert.ok(doc.includes(`sekisho ${name}`), name);
    for (const option of options) assert.ok(doc.includes(`--${option.name}`), option.name);
  }
  for (const { code, meaning } of Object.values(exitCodes)) {
    assert.match(doc, new RegExp(`^\\| ${code} +\\| ${RegExp.escape(meaning)} +\\|$`, "m"));
  }
});
