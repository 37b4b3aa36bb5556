import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { soleModel } from "../harness/steered-config.ts";

let gateway: GatewayUnderTest;

const config = (simulatorUrl: string): ConfigInput => ({
  providers: {
    anthropic: { kind: "simulator", dialect: "anthropic", baseUrl: simulatorUrl },
    openai: { kind: "simulator", baseUrl: `${simulatorUrl}/v1` },
  },
  models: {
    claude: soleModel("anthropic", "claude-sonnet-4-6"),
    gpt: soleModel("openai", "gpt-4-turbo"),
  },
  tenants: { demo: {} },
});

before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

const prompts = [
  "Reply with exactly: hello",
  "『進撃の巨人』の最新刊はいつ発売されますか? 「はい」とだけ答えてください。",
  "Reply with exactly: yes. ".repeat(40),
];

const ask = async (path: string, body: object): Promise<Response> => {
  const answer = await gateway.post(path, body);
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer;
};

const countOf = async (answer: Response): Promise<number> =>
  ((await answer.json()) as { input_tokens: number }).input_tokens;

test("MON-4 a count is what the call is billed for", async () => {
  for (const content of prompts) {
    const asked = { model: "claude", system: "Be brief", messages: [{ role: "user", content }] };
    const counted = await ask("/v1/messages/count_tokens", asked);
    assert.equal(counted.headers.get("x-sekisho-token-count"), "exact");
    const called = await ask("/v1/messages", { ...asked, max_tokens: 20 });
    const { usage } = (await called.json()) as { usage: { input_tokens: number } };
    assert.equal(await countOf(counted), usage.input_tokens);
  }
});

test("MON-4 an estimate is within a factor of two of what the call is billed for", async () => {
  for (const content of prompts) {
    const asked = { model: "gpt", messages: [{ role: "user", content }] };
    const counted = await ask("/v1/messages/count_tokens", asked);
    assert.equal(counted.headers.get("x-sekisho-token-count"), "estimated");
    const called = await ask("/v1/chat/completions", { ...asked, max_tokens: 20 });
    const { usage } = (await called.json()) as { usage: { prompt_tokens: number } };
    const ratio = (await countOf(counted)) / usage.prompt_tokens;
    assert.ok(ratio > 0.5 && ratio < 2, `${ratio} of what was billed`);
  }
});
