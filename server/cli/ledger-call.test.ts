import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { RunningCallView } from "@sekisho/wire/admin/ledger-call.ts";
import type { LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { callInWords } from "./ledger-call.ts";
import { runCommandLine } from "./sekisho.ts";

const id = "req_01m7w6n4z3eaetmaan58we9d60";

const who = {
  tenant: "acme",
  team: null,
  key: "key_1",
  user: "anna\n\u001b[2Jevil",
  session: null,
  agent: null,
  surface: "openai.chat",
  alias: "fast",
  choice: null,
  leftOutMessages: 0,
  tags: [],
};

const row = (over: Partial<LedgerRowView> = {}): LedgerRowView => ({
  time: "2026-01-31T09:00:01.500Z",
  id,
  attempt: 0,
  ...who,
  model: "haiku",
  provider: "p2",
  region: "r1",
  inputTokens: 1_200,
  outputTokens: 34,
  deliveredTokens: 30,
  wastedTokens: 4,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  reasoningTokens: 0,
  usageSource: "reported",
  costNanoUsd: 6_000_000,
  costUsd: "0.006000000",
  latencyMs: 1_500,
  firstTokenMs: 320.4,
  outcome: "ok",
  cause: null,
  priceVersion: "book/line",
  cached: null,
  savedNanoUsd: 0,
  savedInputTokens: 0,
  savedOutputTokens: 0,
  feedbackCount: 0,
  feedbackScore: null,
  ...over,
});

const startedAt = "2026-01-31T09:00:00.000Z";

test("MON-14 a call is shown with its answer and each attempt", () => {
  const failed = { attempt: 1, outcome: "error", cause: "upstream_error", provider: "p1" } as const;
  const none = { inputTokens: 0, outputTokens: 0, wastedTokens: null, costNanoUsd: 0 };
  const text = callInWords({
    id,
    state: "ended",
    startedAt,
    rows: [row(), row({ ...failed, ...none, firstTokenMs: null }), row({ attempt: 2 })],
  });
  assert.equal(
    text.replaceAll(/ +/g, " "),
    `call: ${id}
started: 2026-01-31T09:00:00.000Z
ended: 2026-01-31T09:00:01.500Z
tenant: acme
key: key_1
user: anna\ufffd\ufffd[2Jevil
surface: openai.chat
model: fast
price: book/line

ROW OUTCOME CAUSE PROVIDER REGION MODEL INPUT OUTPUT WASTED CACHED SOURCE COST USD FIRST MS MS
answer ok - p2 r1 haiku 1,200 34 4 0 reported 0.006 320 1,500
attempt 1 error upstream_error p1 r1 haiku 0 0 - 0 reported 0.00 - 1,500
attempt 2 ok - p2 r1 haiku 1,200 34 4 0 reported 0.006 320 1,500
`,
  );
});

test("MON-14 what is not usual of a call has a line of its own", () => {
  const over = {
    team: "shop",
    session: "s1",
    agent: "bot",
    choice: "fast: simple",
    leftOutMessages: 28,
    tags: ["prod", "search"],
    cached: "hit",
    savedNanoUsd: 1_500_000_000,
    feedbackCount: 2,
    feedbackScore: 0.5,
  } as const;
  const text = callInWords({ id, state: "ended", startedAt, rows: [row(over)] });
  for (const line of [
    "team:       shop",
    "session:    s1",
    "agent:      bot",
    "tags:       prod, search",
    "choice:     fast: simple",
    "history:    28 messages were not sent",
    "given:      another call's answer (hit), 1.50 USD saved",
    "feedback:   2, 0.5 at the mean",
  ]) {
    assert.ok(text.split("\n").includes(line), `${line} in\n${text}`);
  }
});

test("MON-10 a call under way says so, and what is set aside for it", () => {
  const call: RunningCallView = {
    id,
    state: "running",
    startedAt,
    rows: [],
    ...who,
    user: null,
    model: "haiku",
    provider: "p1",
    region: "r1",
    reservedNanoUsd: 2_000_000,
    reservedInputTokens: 10,
    reservedOutputTokens: 20,
    priceVersion: null,
  };
  assert.equal(
    callInWords(call),
    `call:       ${id}
started:    2026-01-31T09:00:00.000Z
ended:      not yet; it has rows when it has
tenant:     acme
key:        key_1
surface:    openai.chat
model:      fast
goes to:    p1 r1 haiku
at most:    0.002 USD
`,
  );
});

test("MON-14 what is no id is refused without asking a server", async () => {
  for (const asked of ["verify", " ", "..", "chatcmpl-BhzjTzVvVfQ2Yd4m4mVnQ0b3n8K2L", `${id}x`]) {
    const said = { out: "", err: "" };
    const exit = await runCommandLine(["ledger", "show", asked], {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      env: { SEKISHO_URL: "http://127.0.0.1:9", SEKISHO_ADMIN_KEY: "k" },
      clock: new VirtualClock(),
    });
    assert.deepEqual([exit, said.out], ["usage", ""]);
    assert.match(said.err, /Cannot look up the call ".*": that is no id; .*x-sekisho-request-id/);
  }
});
