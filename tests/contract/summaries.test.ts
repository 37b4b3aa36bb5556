import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import type OpenAI from "openai";
import { SekishoClient } from "sekisho/client";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import type { KeyPage } from "@sekisho/wire/admin/keys.ts";
import type { LedgerPage } from "@sekisho/wire/admin/ledger.ts";
import type { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { openaiClient } from "../harness/openai-client.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";

/** Its window has 8,192 tokens. */
const short = soleModel("near", "gpt-4");
const keyOfPoor = "key-of-somebody-who-has-little";

const summarised = (model: string) => ({
  ...short,
  history: "summarise" as const,
  summary: { model, maxTokens: 100, timeoutMs: 5_000 },
});

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  return {
    ...steered,
    tenants: {
      ...steered.tenants,
      poor: {
        keys: [{ id: "poor", secret: keyOfPoor }],
        budgets: [{ scope: "key", window: "day", inputTokens: 20_000 }],
      },
    },
    models: {
      brief: soleModel("far", "gpt-4-turbo"),
      broken: soleModel("far", "gpt-4-turbo.sim.fault-500"),
      filtered: soleModel("far", "gpt-4-turbo.sim.fault-filtered.after-1"),
      summed: summarised("brief"),
      unbroken: summarised("broken"),
      unfiltered: summarised("filtered"),
    },
  };
};

let operated: OperatedGateway;
let gateway: GatewayUnderTest;
before(async () => {
  operated = await OperatedGateway.start({ config });
  ({ gateway } = operated);
});
after(() => operated[Symbol.asyncDispose]());

/** About 500 tokens. */
const long = "once upon a time in a land ".repeat(74);

type ChatMessage = OpenAI.ChatCompletionMessageParam;

const turnsOf = (mark: string, count: number): ChatMessage[] =>
  Array.from({ length: count }, (_, turn): ChatMessage[] => [
    { role: "user", content: `${mark}, question ${turn}` },
    { role: "assistant", content: long },
  ]).flat();

const asked: ChatMessage = { role: "user", content: "And now?" };

const chat = (model: string, messages: ChatMessage[], headers: Record<string, string> = {}) =>
  openaiClient(gateway)
    .chat.completions.create({ model, messages, max_tokens: 500 }, { headers })
    .withResponse();

const told = ({ headers }: Response) => ({
  history: headers.get("x-sekisho-history"),
  summary: headers.get("x-sekisho-summary-request-id"),
});

const callsAt = (region: string): number =>
  gateway.simulator.calls().filter((call) => call.region === region).length;

async function rows(): Promise<LedgerPage["rows"]> {
  const page = await (await operated.admin("GET", "/admin/ledger?range=1h")).json();
  return (page as LedgerPage).rows; // the server's own answer
}

test("MON-5 what has no room is summarised in a call of its own, which is paid", async () => {
  const who = { "x-sekisho-user": "anna", "x-sekisho-session": "s1" };
  const messages = [{ role: "system" as const, content: "Be brief" }, ...turnsOf("a", 20), asked];
  const { data, response } = await chat("summed", messages, who);
  const { history, summary } = told(response);
  assert.match(history ?? "", /^summarised=\d+$/);
  assert.match(summary ?? "", /^req_/);
  assert.equal(callsAt("us-west-2"), 1);
  const prompt = data.usage?.prompt_tokens ?? 0;
  assert.ok(prompt < 5_000, `${prompt} tokens: the next turns have room`);
  await gateway.rowsOf(response);
  const all = await rows();
  const own = all.find(({ id, attempt }) => id === summary && attempt === 0);
  assert.deepEqual(
    [own?.surface, own?.alias, own?.user, own?.session, own?.outcome],
    ["summary", "brief", "anna", "s1", "ok"],
  );
  const { inputTokens = 0, costNanoUsd = 0 } = own ?? {};
  assert.ok(inputTokens > 1_000 && costNanoUsd > 0, `${inputTokens} tokens for ${costNanoUsd}`);
  const main = all.find(({ id }) => id === response.headers.get("x-sekisho-request-id"));
  assert.equal(`summarised=${main?.leftOutMessages}`, history);
  // The same history is not paid for again, also when the conversation has gone on.
  const next = await chat("summed", [...messages, ...turnsOf("more", 1), asked], who);
  assert.deepEqual(told(next.response), { history, summary: null });
  assert.equal(callsAt("us-west-2"), 1);
});

test("REF-11 for a call that says what it may cost nothing is summarised", async () => {
  const before = callsAt("us-west-2");
  const limited = { "x-sekisho-max-cost-usd": "5" };
  const { response } = await chat("summed", [...turnsOf("limited", 20), asked], limited);
  const { history, summary } = told(response);
  assert.match(history ?? "", /^dropped=\d+$/);
  assert.equal(summary, null);
  assert.equal(callsAt("us-west-2"), before);
});

test("MON-5 a later summary is made of the earlier one and what came since", async () => {
  const first = await chat("summed", [...turnsOf("b", 20), asked]);
  const calls = callsAt("us-west-2");
  const more = await chat("summed", [...turnsOf("b", 30), asked]);
  assert.match(told(more.response).summary ?? "", /^req_/);
  assert.equal(callsAt("us-west-2"), calls + 1);
  await gateway.rowsOf(more.response);
  const all = await rows();
  const inputOf = (response: Response) =>
    all.find(({ id, attempt }) => id === told(response).summary && attempt === 0)?.inputTokens ?? 0;
  assert.ok(inputOf(more.response) < inputOf(first.response) * 0.8, "turns are not read twice");
});

test("MON-5 requests that come at once have one summary made", async () => {
  const calls = callsAt("us-west-2");
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => chat("summed", [...turnsOf("c", 20), asked])),
  );
  assert.equal(callsAt("us-west-2"), calls + 1);
  const all = answers.map(({ response }) => told(response));
  assert.equal(all.filter(({ summary }) => summary !== null).length, 1);
  assert.equal(new Set(all.map(({ history }) => history)).size, 1);
});

for (const model of ["unbroken", "unfiltered"]) {
  test(`MON-5 "${model}": where no summary comes the oldest turns are left out`, async () => {
    const calls = callsAt("us-west-2");
    for (let time = 0; time < 3; time += 1) {
      const { response } = await chat(model, [...turnsOf("d", 20), asked]);
      assert.match(told(response).history ?? "", /^dropped=\d+$/);
      assert.equal(told(response).summary, null);
    }
    assert.equal(callsAt("us-west-2"), calls + 1, "it is not tried at each turn");
  });
}

test("MON-5 a budget that has too little for both pays the answer alone", async () => {
  const calls = callsAt("us-west-2");
  const headers = { authorization: `Bearer ${keyOfPoor}` };
  const { response } = await chat("summed", [...turnsOf("e", 20), asked], headers);
  assert.match(told(response).history ?? "", /^dropped=\d+$/);
  assert.equal(callsAt("us-west-2"), calls);
});

test("MON-5 the Anthropic SDK: a stream says in its head what was summarised", async () => {
  const client = new Anthropic({ apiKey: gateway.key, baseURL: gateway.url, maxRetries: 0 });
  const messages = [...turnsOf("f", 20), asked] as Anthropic.MessageParam[];
  const { data, response } = await client.messages
    .create({ model: "summed", max_tokens: 500, stream: true, messages })
    .withResponse();
  assert.match(told(response).history ?? "", /^summarised=\d+$/);
  for await (const event of data) assert.notEqual(event.type, "error");
});

test("MON-5 explain says who would summarise, and that a summary is kept", async () => {
  const messages = [...turnsOf("g", 20), asked];
  const body = { messages, max_tokens: 500 };
  const listed = await (await operated.admin("GET", "/admin/keys")).json();
  const { keys } = listed as KeyPage; // the server's own answer
  const key = keys.find(({ tenant }) => tenant === "demo")?.id ?? "";
  const before = await operated.explain({ model: "summed", body, key });
  assert.deepEqual(before.summary, { model: "brief", isKept: false });
  assert.match(
    before.sentences.join("\n"),
    /oldest \d+ messages or more are summarised by "brief"/,
  );
  const { response } = await chat("summed", messages);
  const after = await operated.explain({ model: "summed", body, key });
  assert.deepEqual(after.summary, { model: "brief", isKept: true });
  assert.equal(told(response).history, `summarised=${after.leftOutMessages}`);
  const anybody = await operated.explain({ model: "summed", body });
  assert.equal(anybody.summary, null);
});

test("MON-5 over WebSocket the end of an answer says it", async () => {
  const client = new SekishoClient({ url: gateway.url, token: gateway.key });
  const { ended } = client.start({ model: "summed", messages: [...turnsOf("h", 20), asked] });
  const { leftOutMessages, isSummarised } = await ended;
  assert.ok((leftOutMessages ?? 0) > 10);
  assert.equal(isSummarised, true);
  client.close();
});
