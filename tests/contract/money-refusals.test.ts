import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { until } from "../harness/until.ts";
import { assertFailure } from "./cells/errors.ts";
import { failureOf } from "./cells/contract-cell.ts";
import { anthropicBedrockSdk, anthropicSdk } from "./clients/anthropic-sdk.ts";
import { awsInvoke } from "./clients/aws-invoke.ts";
import { awsSdk } from "./clients/aws-sdk.ts";
import type { ContractClient, OpenClient, Question } from "./clients/contract-client.ts";
import { googleGenAi } from "./clients/google-genai.ts";
import { langchainOpenai } from "./clients/langchain-openai.ts";
import { openaiResponses } from "./clients/openai-responses.ts";
import { openaiSdk } from "./clients/openai-sdk.ts";
import {
  vercelAnthropic,
  vercelBedrock,
  vercelOpenai,
  vercelResponses,
} from "./clients/vercel-ai.ts";
import { contractConfig } from "./contract-config.ts";
import { openaiTarget } from "./targets/openai.ts";

/** Whether a client asks again when money is held by a call that is still under way. */
type WhenHeld = "asks again" | "gives up";

/**
 * SDKs go by `x-should-retry`, or by a status of 429, which `in_flight` has on the surfaces of
 * Bedrock and Gemini. The AI SDK and LangChain go by the status alone, and 402 is final to them.
 */
const clients: readonly (readonly [OpenClient, WhenHeld])[] = [
  [openaiSdk, "asks again"],
  [openaiResponses, "asks again"],
  [anthropicSdk, "asks again"],
  [anthropicBedrockSdk, "asks again"],
  [awsSdk("h1", "bearer"), "asks again"],
  [awsSdk("h2", "bearer"), "asks again"],
  [awsInvoke("h1", "bearer"), "asks again"],
  [vercelBedrock, "asks again"],
  [vercelOpenai, "gives up"],
  [vercelResponses, "gives up"],
  [vercelAnthropic, "gives up"],
  [langchainOpenai, "gives up"],
  [googleGenAi, "asks again"],
];

/** What one call may have; Responses take no less. A budget has room for two. */
const callTokens = 16;
const budgets = [{ scope: "key" as const, window: "month" as const, outputTokens: 32 }];

const keyOf = (kind: "spent" | "held", index: number): string => `key-of-client-${kind}-${index}`;

const config = (simulatorUrl: string): ConfigInput => {
  const matrix = contractConfig(simulatorUrl);
  const keys = clients.flatMap((_, index) =>
    (["spent", "held"] as const).map((kind) => {
      const secret = keyOf(kind, index);
      return { id: secret, secret };
    }),
  );
  return { ...matrix, tenants: { ...matrix.tenants, few: { keys, budgets } } };
};

let gateway: GatewayUnderTest;
before(async () => {
  gateway = await GatewayUnderTest.start({ config });
});
after(() => gateway[Symbol.asyncDispose]());

const asks = (text: string, maxTokens = callTokens): Question => ({
  model: openaiTarget.model,
  turns: [{ by: "user", parts: [{ kind: "text", text }] }],
  ending: { maxTokens },
});

/** The codes that requests of a key were refused with, in their order. */
const refusalsOf = (key: string): readonly string[] =>
  gateway.server.log
    .split("\n")
    .filter((line) => line.includes('"request refused"') && line.includes(`"key":"${key}"`))
    .map((line) => /"code":"(\w+)"/.exec(line)?.[1] ?? "");

const loggedRefusals = (key: string, count: number): Promise<readonly string[]> =>
  until(`${count} refusals of ${key}`, () => {
    const codes = refusalsOf(key);
    return codes.length >= count ? codes : null;
  });

/** A client that may ask again for some seconds: Google's waits 50 ms at first, then twice that. */
async function withClient(
  open: OpenClient,
  key: string,
  act: (client: ContractClient) => Promise<void>,
): Promise<void> {
  const client = open({ url: gateway.url, key, pair: null, retries: 6 });
  try {
    await act(client);
  } finally {
    client.close();
  }
}

const nameOf = (open: OpenClient): string => {
  const face = open({ url: "http://127.0.0.1:1", key: "none", pair: null, retries: 0 });
  face.close();
  return face.name;
};

for (const [index, [open]] of clients.entries()) {
  test(`MON-11 ${nameOf(open)}: a final 402 is raised as its class and asked once`, async () => {
    const key = keyOf("spent", index);
    await withClient(open, key, async (client) => {
      const dear = await failureOf(client, client.ask(asks("Hello", 3 * callTokens)));
      assertFailure(client, dear, "request_exceeds_budget");
      for (const how of ["ask", "stream"] as const) {
        await client[how](asks(`Go on [[sim: tokens=${callTokens}]]`));
      }
      await gateway.settled();
      for (const how of ["ask", "stream"] as const) {
        const spent = await failureOf(client, client[how](asks("Hello")));
        assertFailure(client, spent, "budget_exhausted");
      }
    });
    const codes = ["request_exceeds_budget", "budget_exhausted", "budget_exhausted"];
    assert.deepEqual(await loggedRefusals(key, codes.length), codes);
  });
}

describe("MON-11 money that is held", () => {
  const held = new Map<number, Promise<Response>>();

  before(async () => {
    for (const index of clients.keys()) {
      const body = {
        model: openaiTarget.model,
        messages: [{ role: "user", content: "Go on [[sim: hold tokens=1]]" }],
        max_tokens: 2 * callTokens,
      };
      const headers = { authorization: `Bearer ${keyOf("held", index)}` };
      held.set(index, gateway.post("/v1/chat/completions", body, headers));
    }
    await gateway.simulator.whenHeld(clients.length);
  });
  after(async () => {
    gateway.simulator.release();
    await Promise.all(held.values());
  });

  test("clients that go by the status alone raise it, the others wait for it", async () => {
    const asked = clients.map(async ([open, whenHeld], index) => {
      const key = keyOf("held", index);
      await withClient(open, key, async (client) => {
        const answer = client.ask(asks("Reply with exactly: at last"));
        if (whenHeld === "asks again") assert.equal((await answer).text, "at last", client.name);
        else assertFailure(client, await failureOf(client, answer), "in_flight");
      });
      if (whenHeld === "gives up") assert.deepEqual(await loggedRefusals(key, 1), ["in_flight"]);
    });
    await Promise.all([...clients.keys()].map((index) => loggedRefusals(keyOf("held", index), 1)));
    gateway.simulator.release();
    await Promise.all(asked);
    for (const [index, [open]] of clients.entries()) {
      const codes = refusalsOf(keyOf("held", index));
      assert.ok(
        codes.every((code) => code === "in_flight"),
        `${nameOf(open)}: ${codes.join()}`,
      );
    }
  });
});
