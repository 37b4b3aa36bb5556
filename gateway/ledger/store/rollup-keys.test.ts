import assert from "node:assert/strict";
import { test } from "node:test";
import type { RowSubject } from "../ledger.ts";
import { RollupKeys } from "./rollup-keys.ts";
import { RollupNames } from "./rollup-names.ts";

const subject: RowSubject = {
  tenant: "acme",
  team: null,
  key: "k1",
  user: "u1",
  session: null,
  agent: "bot",
  surface: "openai.chat",
  alias: "fast",
  choice: null,
  leftOutMessages: 0,
  model: "haiku",
  provider: "p1",
  region: "r1",
};

const atMs = 1_767_225_600_000;

test("MON-14 a call's key names its minute, who called and what served it", () => {
  const keys = new RollupKeys("rollup", new RollupNames());
  const { values } = keys.of(subject, atMs, "ok");
  const minute = atMs / 60_000;
  assert.deepEqual(values, [minute, "acme", "", "k1", "bot", "fast", "haiku", "p1", "r1", "ok"]);
});

test("MON-14 the same call a moment later has the same key, and any other another", () => {
  const keys = new RollupKeys("rollup", new RollupNames());
  const first = keys.of(subject, atMs, "ok");
  assert.equal(keys.of({ ...subject, user: "u2" }, atMs + 59_999, "ok").text, first.text);
  const others = [
    keys.of(subject, atMs + 60_000, "ok"),
    keys.of(subject, atMs, "error"),
    ...(["tenant", "team", "key", "agent", "alias", "model", "provider", "region"] as const).map(
      (name) => keys.of({ ...subject, [name]: "another" }, atMs, "ok"),
    ),
  ];
  const texts = others.map(({ text }) => text);
  assert.equal(new Set([first.text, ...texts]).size, others.length + 1);
  assert.deepEqual(keys.of(subject, atMs, "ok"), first);
});

test("keys of thousands of API keys are right, kept or not", () => {
  const keys = new RollupKeys("rollup", new RollupNames());
  for (let round = 0; round < 2; round += 1) {
    for (let n = 0; n < 2_500; n += 1) {
      assert.equal(keys.of({ ...subject, key: `k${n}` }, atMs, "ok").values[3], `k${n}`);
    }
  }
});
