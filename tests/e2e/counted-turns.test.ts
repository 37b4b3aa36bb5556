import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";

test("RTE-3 a client that counts before each call is served by all targets in turn", async () => {
  const providers = ["east", "west"];
  await using gateway = await GatewayUnderTest.start({
    config: (baseUrl) => ({
      features: { simulator: false },
      providers: Object.fromEntries(
        providers.map((name) => [name, { kind: "simulator", dialect: "anthropic", baseUrl }]),
      ),
      models: {
        claude: {
          targets: providers.map((provider) => ({ provider, model: "claude-sonnet-4-6" })),
        },
      },
    }),
  });
  const body = { model: "claude", messages: [{ role: "user", content: "Hi" }] };
  const served: (string | null)[] = [];
  for (let n = 0; n < 4; n++) {
    const count = await gateway.post("/v1/messages/count_tokens", body);
    const call = await gateway.post("/v1/messages", { ...body, max_tokens: 9 });
    assert.deepEqual([count.status, call.status], [200, 200]);
    await Promise.all([count.text(), call.text()]);
    served.push(call.headers.get("x-sekisho-provider"));
  }
  assert.deepEqual(served, ["east", "west", "east", "west"]);
});
