import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const config = (simulatorUrl: string): ConfigInput => ({
  ...steeredConfig(simulatorUrl),
  tenants: {
    demo: {
      budgets: [{ scope: "key", window: "day", outputTokens: 100, alerts: [0.2, 0.5, 0.9] }],
    },
  },
});

let folder: string;
before(async () => (folder = await mkdtemp(join(tmpdir(), "sekisho-alerts-"))));
after(() => rm(folder, { recursive: true, force: true }));

const start = (): Promise<GatewayUnderTest> =>
  GatewayUnderTest.start({ config, data: join(folder, "data") });

/** The shares that this server has told so far. */
const toldBy = ({ server }: GatewayUnderTest): string[] =>
  [...server.log.matchAll(/"event":"budget.alert".*?"share":([\d.]+)/g)].map(
    (found) => found[1] ?? "",
  );

async function spend(gateway: GatewayUnderTest, tokens: number): Promise<void> {
  const answer = await gateway.chat(`Go on [[sim: tokens=${tokens}]]`, { max_tokens: tokens });
  assert.equal(answer.status, 200);
  await answer.arrayBuffer();
}

test("MON-12 a share is told once in a window, over restarts and crashes", async () => {
  {
    await using first = await start();
    await spend(first, 25);
    await until("the first share is told", () => (toldBy(first).length > 0 ? true : null));
    assert.deepEqual(toldBy(first), ["0.2"]);
    await first.server.kill("SIGTERM");
  }
  {
    await using second = await start();
    await spend(second, 5);
    await second.settled();
    second.simulator.setScenarios([{ name: "held", hold: true }]);
    const cut = second.chat("Go on", { max_tokens: 30 }).catch(() => null);
    await until("it is under way", () =>
      second.simulator.calls().some(({ state }) => state === "held") ? true : null,
    );
    await second.server.kill("SIGKILL");
    await cut;
    assert.deepEqual(toldBy(second), [], "what was told is not told again");
  }
  await using third = await start();
  await spend(third, 1);
  await until("the share that the crash has booked", () =>
    toldBy(third).length > 0 ? true : null,
  );
  await spend(third, 1);
  await third.settled();
  assert.deepEqual(toldBy(third), ["0.5"]);
});
