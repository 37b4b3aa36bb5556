import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const config = (url: string): ConfigInput => {
  const usual = steeredConfig(url);
  return {
    ...usual,
    cache: { use: "always", semantic: { model: "meaning", threshold: 0.7 } },
    models: {
      ...usual.models,
      sole: { ...soleModel("near", "gpt-4-turbo"), cache: { semantic: true } },
      literal: soleModel("near", "gpt-4-turbo"),
      meaning: soleModel("far", "text-embedding-3-small"),
    },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

const question = "When does the shop in Asakusa open on Sunday morning";

async function ask(text: string, rest: object = {}): Promise<Response> {
  const answer = await gateway.chat(text, { max_tokens: 500, ...rest });
  await answer.clone().text();
  return answer;
}

const markOf = ({ headers }: Response): string | null => headers.get("x-sekisho-cache");

const callsTo = (region: string): number =>
  gateway.simulator.calls().filter((call) => call.region === region).length;

/** Vectors of what was kept are made behind the answer. */
const remembered = (vectors: number): Promise<unknown> =>
  until("the vector is made", () => (callsTo("us-west-2") >= vectors ? true : null));

test("STR-14 words that mean the same are given the answer, and how near they are", async () => {
  const first = await ask(`${question}?`);
  assert.equal(markOf(first), "miss");
  await remembered(1);
  const near = await until("it is found by its meaning", async () => {
    const answer = await ask(`${question}, please?`);
    return markOf(answer) === "semantic" ? answer : null;
  });
  assert.ok(Number(near.headers.get("x-sekisho-cache-similarity")) >= 0.7);
  assert.equal(near.headers.get("x-sekisho-cost-nano-usd"), "0");
  assert.equal(await near.text(), await first.text());
  const [row, ...others] = await gateway.rowsOf(near);
  assert.deepEqual([row?.cached, row?.costNanoUsd, others.length], ["semantic", 0, 0]);
  // Once more in the same words: it is still no answer to these.
  assert.equal(markOf(await ask(`${question}, please?`)), "semantic");
  // Each vector is a call of the tenant's, with rows and a cost of its own.
  const { rows } = await gateway.settled();
  const vectors = rows.filter((each) => each.surface === "openai.embeddings" && each.attempt === 0);
  assert.equal(vectors.length, callsTo("us-west-2"));
  assert.ok(vectors.every((each) => each.costNanoUsd > 0));
});

test("STR-14 another meaning, instruction, history, tool, alias is another question", async () => {
  await ask(`${question}?`);
  assert.equal(markOf(await ask("Tell a story of two dragons")), "miss");
  const user = { role: "user", content: `${question}, please, thanks?` };
  const bodies: readonly object[] = [
    { messages: [{ role: "system", content: "Be short." }, user] },
    { messages: [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hi" }, user] },
    { messages: [user], tools: [{ type: "function", function: { name: "f" } }] },
    { messages: [user], model: "literal" },
    { messages: [user], temperature: 1.5 },
  ];
  for (const body of bodies) {
    const answer = await gateway.post("/v1/chat/completions", {
      model: "sole",
      max_tokens: 500,
      ...body,
    });
    await answer.text();
    assert.equal(markOf(answer), "miss", JSON.stringify(body));
  }
});

test("STR-14 calls go on where no vectors are to be had", async () => {
  gateway.simulator.setScenarios([{ name: "down", match: { region: "us-west-2" }, fault: "503" }]);
  const answer = await ask(`${question}, I ask?`);
  assert.deepEqual([answer.status, markOf(answer)], [200, "miss"]);
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  assert.match(metrics, /sekisho_cache_failures_total\{work="embed"\} [1-9]/);
});
