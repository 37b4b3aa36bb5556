import assert from "node:assert/strict";
import { test } from "node:test";
import { fileSetting, settingRows } from "../config/settings.data.ts";
import { commands } from "./commands.ts";
import { OptionValues } from "./option-values.ts";
import { startFlags } from "./start-flags.ts";

const names = [fileSetting.flag, ...settingRows.map(({ flag }) => flag)];

test("OPS-3 sekisho start has each flag that the configuration's document names", () => {
  const options = commands.find(({ name }) => name === "start")?.options ?? [];
  const known = options.map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => !known.includes(name)),
    [],
  );
});

test("OPS-3 each is handed on, and what nobody typed is not", () => {
  const typed = new Map<string, string | true>(
    names.map((name) => [name, name.endsWith("port") ? "8080" : name === "public" ? true : name]),
  );
  assert.deepEqual(startFlags(new OptionValues(typed)), Object.fromEntries(typed));
  assert.deepEqual(startFlags(new OptionValues(new Map())), {});
});

test("a port that is none ends the command", () => {
  for (const name of ["port", "admin-port"]) {
    const options = new OptionValues(new Map([[name, "70000"]]));
    assert.throws(() => startFlags(options), new RegExp(`Cannot read --${name} 70000`));
  }
});
