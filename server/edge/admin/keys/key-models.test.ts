import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { AdminContext } from "../admin-context.ts";
import type { AdminRequest } from "../admin-request.ts";
import { postKey } from "../keys.ts";
import { runTimeOf } from "../run-time-fixture.ts";

const models = { fast: { targets: [{ provider: "p", model: "m" }] } };
const providers = { p: { kind: "openai-compatible", baseUrl: "http://127.0.0.1:9" } };
const chat = { model: "fast" };

class Made extends Error {}

/** Asks for a key that may use these models; as far as making one. */
const ask = async (allowed: readonly string[]): Promise<unknown> => {
  const config = runTimeOf({ providers, models, chat, tenants: { acme: {} } });
  const create = (): never => {
    throw new Made();
  };
  const context = { config, clock: new VirtualClock(), keys: { create } };
  const body = Buffer.from(JSON.stringify({ tenant: "acme", models: allowed }));
  const request = { exchange: { body: async () => body }, staff: { role: "owner", tenant: null } };
  return await postKey(request as unknown as AdminRequest, context as unknown as AdminContext);
};

test("SEC-1 a key for a model that is none is refused with the nearest", async () => {
  await assert.rejects(ask(["fast", "fsat"]), {
    code: "invalid_value",
    message: 'Cannot make a key: "fsat" is no model; the nearest is "fast"',
  });
});

test("SEC-1 a key may be made for patterns of models that come later", async () => {
  for (const allowed of [["fast"], ["*"], ["later-*", "fast"]]) {
    await assert.rejects(ask(allowed), Made);
  }
});
