import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";

const haiku = "claude-haiku-4-5";
const onBedrock = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const nova = "us.amazon.nova-pro-v1:0";
const gpt = "gpt-4-turbo";

const order = (...targets: readonly (readonly [provider: string, model: string])[]) => ({
  targets: targets.map(([provider, model], priority) => ({ provider, model, priority })),
  balance: "failover" as const,
  attempts: { max: 3, backoffMs: 1 },
  breaker: { failures: 1_000 },
});

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  const place = (dialect: "anthropic" | "bedrock", region: string) => ({
    kind: "simulator" as const,
    dialect,
    region,
    baseUrl: `${simulatorUrl}/${region}`,
  });
  return {
    ...steered,
    providers: {
      ...steered.providers,
      makers: place("anthropic", "us-east-1"),
      aws: place("bedrock", "us-east-1"),
      elsewhere: place("bedrock", "us-west-2"),
    },
    models: {
      ...steered.models,
      "anthropic-first": order(["makers", haiku], ["aws", onBedrock], ["near", gpt]),
      "bedrock-first": order(["aws", onBedrock], ["makers", haiku], ["near", gpt]),
      regions: order(["aws", onBedrock], ["elsewhere", onBedrock]),
      "to-nova": order(["makers", haiku], ["aws", nova]),
      bedrock: soleModel("aws", onBedrock),
    },
    prices: { unpriced: "allow" },
  };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.simulator.setScenarios([]));

/** Keeps everybody from answering who is asked for one of these models, or in this region. */
const down = (...matches: readonly { readonly model?: string; readonly region?: string }[]): void =>
  gateway.simulator.setScenarios(
    matches.map((match, n) => ({ name: `down ${n}`, match, fault: "503" })),
  );

type Json = Readonly<Record<string, unknown>>;

interface Met {
  readonly status: number;
  readonly text: string;
  readonly provider: string | null;
  readonly dropped: string | null;
}

async function met(response: Response): Promise<Met> {
  const { status, headers } = response;
  const text = await response.text();
  const provider = headers.get("x-sekisho-provider");
  return { status, text, provider, dropped: headers.get("x-sekisho-dropped") };
}

const answeredBy = (answer: Met, provider: string, dropped: string | null): void => {
  assert.equal(answer.status, 200, answer.text);
  assert.deepEqual([answer.provider, answer.dropped], [provider, dropped]);
};

interface LedMessage {
  readonly content: readonly Json[];
}

/** A conversation that is led in the words of one dialect. */
interface Led {
  ask(model: string, messages: readonly object[], stream?: boolean): Promise<Met>;
  readonly question: object;
  /** The whole answer as the message that is sent back. */
  message(answer: Met): LedMessage;
  result(message: LedMessage): object;
}

const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
};
const thinking = { type: "enabled", budget_tokens: 1_024 };
const asked = "What is the weather in Paris?";
const name = "get_weather";

const messages: Led = {
  ask: async (model, said, stream = false) =>
    met(
      await gateway.post("/v1/messages", {
        model,
        stream,
        max_tokens: 4_096,
        thinking,
        tools: [{ name, input_schema: schema }],
        messages: said,
      }),
    ),
  question: { role: "user", content: asked },
  message({ text }) {
    // The shape of a message, which the simulator has written.
    const { content } = JSON.parse(text) as { content: Json[] };
    return { role: "assistant", content };
  },
  result({ content }) {
    const calls = content.filter(({ type }) => type === "tool_use");
    assert.ok(calls.length > 0, "it calls the tool");
    return {
      role: "user",
      content: calls.map(({ id }) => ({ type: "tool_result", tool_use_id: id, content: "21" })),
    };
  },
};

const converse: Led = {
  ask: async (model, said, stream = false) =>
    met(
      await gateway.post(`/model/${model}/converse${stream ? "-stream" : ""}`, {
        inferenceConfig: { maxTokens: 4_096 },
        additionalModelRequestFields: { thinking },
        toolConfig: { tools: [{ toolSpec: { name, inputSchema: { json: schema } } }] },
        messages: said,
      }),
    ),
  question: { role: "user", content: [{ text: asked }] },
  message({ text }) {
    // The shape of an answer of Converse, which the simulator has written.
    const { output } = JSON.parse(text) as { output: { message: { content: Json[] } } };
    return { role: "assistant", content: output.message.content };
  },
  result({ content }) {
    const calls = content.flatMap(({ toolUse }) => (toolUse === undefined ? [] : [toolUse]));
    assert.ok(calls.length > 0, "it calls the tool");
    return {
      role: "user",
      content: calls.map((call) => {
        const { toolUseId } = call as { toolUseId: string };
        return { toolResult: { toolUseId, content: [{ text: "21" }] } };
      }),
    };
  },
};

/** A turn that waits for a tool's result, with the reasoning that led to the call. */
async function begun(led: Led, model: string, provider: string): Promise<readonly object[]> {
  const answer = await led.ask(model, [led.question]);
  answeredBy(answer, provider, null);
  const message = led.message(answer);
  assert.match(answer.text, /"signature":"[^"]{80}/);
  return [led.question, message, led.result(message)];
}

const either = { messages, converse };

for (const [words, led] of Object.entries(either)) {
  describe(`WIR-13 a conversation with tools in the words of ${words}`, () => {
    test("goes back to its signer with its reasoning", async () => {
      for (const [model, provider] of [
        ["anthropic-first", "makers"],
        ["bedrock-first", "aws"],
      ] as const) {
        const said = await begun(led, model, provider);
        const again = await led.ask(model, said);
        answeredBy(again, provider, null);
        assert.match(again.text, /"signature":/);
      }
    });

    test("begun at Anthropic goes on at Bedrock", async () => {
      const said = await begun(led, "anthropic-first", "makers");
      down({ model: haiku });
      answeredBy(await led.ask("anthropic-first", said), "aws", "reasoning_signed, thinking");
    });

    test("begun at Bedrock goes on at Anthropic", async () => {
      const said = await begun(led, "bedrock-first", "aws");
      down({ model: onBedrock });
      answeredBy(await led.ask("bedrock-first", said), "makers", "reasoning_signed, thinking");
    });

    test("goes on at OpenAI's", async () => {
      const said = await begun(led, "anthropic-first", "makers");
      down({ model: haiku }, { model: onBedrock });
      const answer = await led.ask("anthropic-first", said);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(answer.provider, "near");
      assert.match(answer.dropped ?? "", /\breasoning_signed\b/);
    });

    test("another region of Bedrock is no other signer", async () => {
      const said = await begun(led, "regions", "aws");
      down({ region: "us-east-1" });
      answeredBy(await led.ask("regions", said), "elsewhere", null);
    });

    test("a turn that is over loses its reasoning, and the next one thinks", async () => {
      const said = await begun(led, "anthropic-first", "makers");
      const end = led.message(await led.ask("anthropic-first", said));
      down({ model: haiku });
      const next = await led.ask("anthropic-first", [...said, end, led.question]);
      answeredBy(next, "aws", "reasoning_signed");
      assert.match(next.text, /"signature":/);
    });
  });
}

describe("WIR-13 a conversation whose answers are streams", () => {
  /** The message of a stream, as the official client puts it together. */
  const streamed = async (model: string, question: object): Promise<Met & { message: object }> => {
    const answer = await messages.ask(model, [question], true);
    const { content } = await new Anthropic({
      apiKey: "none",
      maxRetries: 0,
      fetch: async () => new Response(answer.text, { headers: eventStream }),
    }).messages
      // What is asked is not sent: the answer is there.
      .stream({ model, max_tokens: 1, messages: [] })
      .finalMessage();
    return { ...answer, message: { role: "assistant", content } };
  };
  const eventStream = { "content-type": "text/event-stream" };

  for (const [what, model, first, second] of [
    ["that passes", "anthropic-first", "makers", "aws"],
    ["that is decoded", "bedrock-first", "aws", "makers"],
  ] as const) {
    test(`a stream ${what} tells who signed it`, async () => {
      // The simulator thinks of what it is asked: these signatures are in no other test.
      const question = { role: "user", content: `Of a stream ${what}: the weather in Rome?` };
      const begun = await streamed(model, question);
      answeredBy(begun, first, null);
      const said = [question, begun.message, messages.result(begun.message as LedMessage)];
      answeredBy(await messages.ask(model, said, true), first, null);
      down({ model: first === "makers" ? haiku : onBedrock });
      answeredBy(await messages.ask(model, said, true), second, "reasoning_signed, thinking");
    });
  }
});

test("WIR-13 a model that signs nothing is sent no signed reasoning", async () => {
  const said = await begun(messages, "to-nova", "makers");
  down({ model: haiku });
  const answer = await messages.ask("to-nova", said);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.provider, "aws");
  assert.match(answer.dropped ?? "", /\breasoning_signed\b/);
});

test("WIR-13 counts of tokens are asked without another signer's reasoning", async () => {
  const said = await begun(messages, "anthropic-first", "makers");
  const count = { model: "bedrock", messages: said.slice(0, 2), thinking };
  const other = await met(await gateway.post("/v1/messages/count_tokens", count));
  assert.equal(other.status, 200, other.text);
});
