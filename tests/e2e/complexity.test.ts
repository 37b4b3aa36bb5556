import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { LedgerPage } from "@sekisho/wire/admin/ledger.ts";
import type { RouterView } from "@sekisho/wire/admin/router.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({
    config: (url) => ({
      ...steeredConfig(url),
      models: {
        small: soleModel("near", "gpt-3.5-turbo"),
        big: soleModel("near", "gpt-4-turbo"),
        auto: { choose: "complexity", simple: "small", strong: "big" },
      },
    }),
  });
});
after(() => operated[Symbol.asyncDispose]());

const simple = "いくら?";
const strong = "この二冊を比較して";
const picked: readonly (readonly [said: string, model: string])[] = [
  [simple, "gpt-3.5-turbo"],
  [strong, "gpt-4-turbo"],
];

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${operated.gateway.url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${operated.gateway.server.ready.demoKey}`,
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
    },
    body: JSON.stringify(body),
  });

const turn = (content: string) => [{ role: "user", content }];

const surfaces: Readonly<Record<string, (said: string, stream: boolean) => Promise<Response>>> = {
  openai: (said, stream) =>
    post("/v1/chat/completions", { model: "auto", messages: turn(said), stream }),
  anthropic: (said, stream) =>
    post("/v1/messages", { model: "auto", max_tokens: 900, messages: turn(said), stream }),
  responses: (said, stream) => post("/v1/responses", { model: "auto", input: said, stream }),
  converse: (text, stream) =>
    post(`/model/auto/converse${stream ? "-stream" : ""}`, {
      messages: [{ role: "user", content: [{ text }] }],
    }),
  gemini: (text, stream) =>
    post(`/v1beta/models/auto:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`, {
      contents: [{ parts: [{ text }] }],
    }),
};

for (const [surface, ask] of Object.entries(surfaces)) {
  test(`RTE-5 what is asked decides who answers, whole and as a stream: ${surface}`, async () => {
    for (const [said, model] of picked) {
      for (const stream of [false, true]) {
        const response = await ask(said, stream);
        const text = await response.text();
        assert.equal(response.status, 200, text);
        assert.equal(response.headers.get("x-sekisho-model"), model, said);
      }
    }
  });
}

test("RTE-5 the admin API says what calls were led to, and why", async () => {
  await operated.gateway.settled();
  const answer = await operated.admin("GET", "/admin/router");
  assert.equal(answer.status, 200);
  // The server's own answer.
  const { looked, aliases, signals, latest } = (await answer.json()) as RouterView;
  const each = Object.keys(surfaces).length * 2;
  assert.equal(looked, 2 * each);
  assert.deepEqual(
    aliases.map(({ alias, to, complexity, calls }) => [alias, to, complexity, calls]),
    [
      ["auto", "small", "simple", each],
      ["auto", "big", "strong", each],
    ],
  );
  assert.deepEqual(
    signals.find(({ name }) => name === "price"),
    { name: "price", simple: each, strong: 0 },
  );
  assert.equal(latest.length, Math.min(20, 2 * each));
  for (const { points, signals: own, complexity, model } of latest) {
    assert.equal(
      points,
      own.reduce((sum, signal) => sum + signal.points, 0),
    );
    assert.equal(model, complexity === "simple" ? "gpt-3.5-turbo" : "gpt-4-turbo");
  }
});

const rows = async (): Promise<LedgerPage["rows"]> => {
  await operated.gateway.settled();
  const answer = await operated.admin("GET", "/admin/ledger?view=tenant&limit=2");
  // The server's own answer.
  return ((await answer.json()) as LedgerPage).rows;
};

test("RTE-5 explain says what the ledger says later, and neither has the text", async () => {
  const message = `${simple} canary-prompt`;
  const told = await operated.sekisho("explain", "auto", "--message", message);
  const { choice, sentences } = await operated.explain({ model: "auto", message });
  assert.ok(choice?.kind === "complexity");
  assert.deepEqual([choice.alias, choice.complexity, choice.points], ["small", "simple", -3]);
  const said = 'small: simple by -3 = short -1, no history -1, price -1 ("いくら")';
  assert.ok(sentences.includes(said));
  assert.ok(told.includes(`- ${said}\n`), told);
  await (await surfaces["openai"]?.(message, false))?.text();
  const [row] = await rows();
  assert.deepEqual([row?.alias, row?.model, row?.choice], ["auto", "gpt-3.5-turbo", said]);
  const csv = await operated.sekisho("usage", "export");
  assert.ok(csv.includes("small: simple by -3"));
  assert.ok(!csv.includes("canary-prompt"));
});

test("REF-5 a name that leaves no choice is not changed by what is asked", async () => {
  const said = { model: "small", messages: turn(strong) };
  const response = await post("/v1/chat/completions", said);
  await response.text();
  assert.equal(response.headers.get("x-sekisho-model"), "gpt-3.5-turbo");
  const [row] = await rows();
  assert.deepEqual([row?.alias, row?.choice], ["small", null]);
});

test("REF-5 a simple answer ends at 512 tokens, whatever the client asks for", async () => {
  const long = { model: "auto", max_tokens: 4_000, messages: turn("Hi. Repeat 3000 words") };
  const { attempts } = await operated.explain({ model: "auto", body: long });
  assert.equal(attempts[0]?.maxTokens, 512);
  // The server's own answer.
  const answer = (await (await post("/v1/chat/completions", long)).json()) as {
    readonly usage: { readonly completion_tokens: number };
  };
  assert.ok(answer.usage.completion_tokens <= 512, `${answer.usage.completion_tokens}`);
});

test("RTE-5 what was picked and what it saved are counted", async () => {
  await operated.gateway.settled();
  const { urls } = operated.gateway.server.ready;
  const text = await (await fetch(urls["metrics"] ?? "")).text();
  const valueOf = (name: string): number =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(name))
        ?.split(" ")
        .at(-1),
    );
  const made = 'sekisho_choices_total{alias="auto",chosen=';
  assert.ok(valueOf(`${made}"small",complexity="simple"}`) >= 10);
  assert.ok(valueOf(`${made}"big",complexity="strong"}`) >= 10);
  assert.ok(valueOf('sekisho_choice_saved_nano_usd_total{alias="auto"}') > 0);
});
