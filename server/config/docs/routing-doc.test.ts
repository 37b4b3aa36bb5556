import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { findCommand } from "../../cli/command.ts";
import { commands } from "../../cli/commands.ts";
import { noBalancers } from "../../compose/routing/balancers.ts";
import { catalogOf } from "../../compose/routing/catalog.ts";
import { loaded } from "../loading/text-fixture.ts";

const doc = readFileSync(new URL("../../../docs/operating/routing.md", import.meta.url), "utf8");

test("RTE-1 the documented example holds: its pools, its chain and the ids of its targets", () => {
  const text = /```yaml\n(?<text>.*?)```/s.exec(doc)?.groups?.["text"] ?? assert.fail("no example");
  const names = ["KEY_EAST", "KEY_WEST", "OPENAI_KEY", "OPENAI_SPARE_KEY"];
  const variables = Object.fromEntries(names.map((name) => [name, `secret-of-${name}`]));
  const catalog = catalogOf(loaded(text, { variables }).config, noBalancers);
  const { pools } = catalog.resolve("resilient");
  assert.deepEqual(
    pools.map(({ name, targets }) => [name, targets.map(({ id, weight }) => `${id} ${weight}`)]),
    [
      [
        "quality",
        [
          "aws-east/main/us.anthropic.claude-sonnet-4-6 2",
          "aws-west/main/us.anthropic.claude-sonnet-4-6 1",
          "openai/main/gpt-4-turbo 1",
        ],
      ],
      ["cheap", ["openai/main/gpt-3.5-turbo 0.5", "openai/spare/gpt-3.5-turbo 0.5"]],
    ],
  );
});

test("OPS-5 every command of the page is one", () => {
  const named = [...doc.matchAll(/sekisho (?<line>[a-z]+(?: [a-z-]+)?)/g)];
  assert.ok(named.length > 10);
  for (const { groups } of named) {
    const line = groups?.["line"] ?? "";
    assert.notEqual(findCommand(commands, line.split(" ")), null, line);
  }
});
