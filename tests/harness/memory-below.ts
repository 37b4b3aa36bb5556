import assert from "node:assert/strict";
import type { GatewayUnderTest } from "./gateway-under-test.ts";
import { residentBytes } from "./resident-memory.ts";
import { until } from "./until.ts";

const withinMs = 30_000;
/** Small calls alone make young garbage: what grew old is collected when large bodies press. */
const largePrompt = "x".repeat(1_048_576);

/**
 * Resolves once the gateway needs less memory than that. Meanwhile it serves, which is what has the
 * collector run.
 */
export async function memoryBelow(gateway: GatewayUnderTest, limitBytes: number): Promise<void> {
  let bytes = 0;
  const look = async (): Promise<true | null> => {
    const calls = Array.from({ length: 20 }, () => gateway.chat("Reply with exactly: still here"));
    for (const response of await Promise.all(calls)) {
      assert.match(await response.text(), /still here/);
    }
    const refused = Array.from({ length: 8 }, () => gateway.chat(largePrompt, { model: "nobody" }));
    for (const response of await Promise.all(refused)) {
      assert.equal(response.status, 404);
      await response.text();
    }
    bytes = residentBytes(gateway.server.pid);
    return bytes < limitBytes ? true : null;
  };
  await until(`less than ${limitBytes} bytes of memory`, look, withinMs).catch((cause: unknown) => {
    throw new Error(`The gateway still needs ${bytes} bytes, limit ${limitBytes}`, { cause });
  });
}
