import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { ServerProcess } from "../harness/server-process.ts";

/** The default configuration, whose wildcards take names that clients make up. */
let gateway: ServerProcess;

before(async () => {
  gateway = await ServerProcess.start();
});
after(async () => {
  await using _ = gateway;
  assert.doesNotMatch(gateway.log, /nobody foresaw|a handler failed|uncaught/i);
});

const post = (path: string, body: object): Promise<Response> =>
  fetch(`${gateway.url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.ready.demoKey}`,
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
    },
    body: JSON.stringify(body),
  });

const messages = [{ role: "user", content: "x" }];
const blocks = [{ role: "user", content: [{ text: "x" }] }];

/** As the AWS SDKs write it; half of a pair as an encoder without checks does. */
const segmentOf = (model: string): string =>
  model.split("\ud800").map(encodeURIComponent).join("%ED%A0%80");

type Ask = (model: string, stream: boolean) => Promise<Response>;

const surfaces: Readonly<Record<string, Ask>> = {
  openai: (model, stream) =>
    post("/v1/chat/completions", { model, max_tokens: 5, messages, stream }),
  anthropic: (model, stream) => post("/v1/messages", { model, max_tokens: 5, messages, stream }),
  bedrock: (model, stream) => {
    const operation = stream ? "converse-stream" : "converse";
    return post(`/model/${segmentOf(model)}/${operation}`, { messages: blocks });
  },
};

afterEach(async () => {
  const response = await post("/v1/chat/completions", { model: "fast", max_tokens: 5, messages });
  assert.equal(response.status, 200, await response.text());
});

const wrong: readonly (readonly [what: string, name: string])[] = [
  ["CRLF", "anthropic.x\r\nfoo: bar.sim.y"],
  ["NUL", "gpt-\0.sim.slice-1"],
  ["half of a surrogate pair", "gpt-\ud800.sim.slice-1"],
  ["10,000 characters", `gpt-${"a".repeat(10_000)}.sim.slice-1`],
];

/** Nothing is served at what no decoder takes. */
const isNoPath = (surface: string, what: string): boolean =>
  surface === "bedrock" && what === "half of a surrogate pair";

for (const [surface, ask] of Object.entries(surfaces)) {
  describe(`SEC-5 names of models at ${surface}`, () => {
    for (const stream of [false, true]) {
      const how = stream ? "as a stream" : "whole";
      for (const [what, name] of wrong) {
        test(`${what}, ${how}: refused, in few words`, async () => {
          const response = await ask(name, stream);
          const text = await response.text();
          assert.equal(response.status, isNoPath(surface, what) ? 404 : 400, text);
          assert.ok(text.length < 600, `${text.length} characters`);
          assert.equal(response.headers.get("foo"), null);
        });
      }

      test(`another script, ${how}: served, and named in visible ASCII`, async () => {
        const response = await ask("gpt-日本.sim.slice-1", stream);
        const text = await response.text();
        assert.equal(response.status, 200, text);
        const model = response.headers.get("x-sekisho-model") ?? "";
        assert.equal(model, "gpt-%E6%97%A5%E6%9C%AC.sim.slice-1");
        assert.match(text, /usage|finish_reason|stop/);
      });
    }
  });
}

test("SEC-5 counts take the same names", async () => {
  const ask = (model: string) => post("/v1/messages/count_tokens", { model, messages });
  for (const [what, name] of wrong) assert.equal((await ask(name)).status, 400, what);
  const response = await ask("claude-日本.sim.slice-1");
  assert.equal(response.status, 200, await response.text());
  assert.equal(response.headers.get("x-sekisho-model"), "claude-%E6%97%A5%E6%9C%AC.sim.slice-1");
});

test("SEC-5 the name at fault is the field `model`", async () => {
  const response = await surfaces["openai"]?.("gpt-\n.sim.slice-1", false);
  assert.ok(response);
  const { error } = (await response.json()) as { error: { code: string; param: string } };
  assert.deepEqual([error.code, error.param], ["invalid_value", "model"]);
});
