import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { AlertPage, AlertView } from "@sekisho/wire/admin/alerts.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

const config = (simulatorUrl: string): ConfigInput => ({
  ...steeredConfig(simulatorUrl),
  tenants: {
    demo: {
      budgets: [
        { scope: "key", window: "day", outputTokens: 100, alerts: [0.2, 0.5, 0.9] },
        { scope: "user", window: "day", outputTokens: 1_000, alerts: [0.01] },
      ],
    },
  },
});

let folder: string;
before(async () => (folder = await mkdtemp(join(tmpdir(), "sekisho-alerts-"))));
after(() => rm(folder, { recursive: true, force: true }));

const start = (): Promise<OperatedGateway> =>
  OperatedGateway.start({ config, data: join(folder, "data") });

/** The shares of the key that this server has told so far. */
const toldBy = ({ gateway: { server } }: OperatedGateway): string[] =>
  [...server.log.matchAll(/"event":"budget.alert".*?"name":"key".*?"share":([\d.]+)/g)].map(
    (found) => found[1] ?? "",
  );

/** What the admin API has of it, the newest first. */
async function alertsOf(operated: OperatedGateway, query: string): Promise<readonly AlertView[]> {
  const answer = await operated.admin("GET", `/admin/alerts?${query}`);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as AlertPage).alerts; // ours
}

async function spend({ gateway }: OperatedGateway, tokens: number, user = ""): Promise<void> {
  const named = user === "" ? {} : { user };
  const body = { max_tokens: tokens, ...named };
  const answer = await gateway.chat(`Go on [[sim: tokens=${tokens}]]`, body);
  assert.equal(answer.status, 200);
  await answer.arrayBuffer();
}

test("MON-12 a share is told once in a window, over restarts and crashes, and kept", async () => {
  {
    await using first = await start();
    await spend(first, 25);
    await until("the first share is told", () => (toldBy(first).length > 0 ? true : null));
    assert.deepEqual(toldBy(first), ["0.2"]);
    await first.gateway.server.kill("SIGTERM");
  }
  {
    await using second = await start();
    await spend(second, 5);
    await second.gateway.settled();
    second.gateway.simulator.setScenarios([{ name: "held", hold: true }]);
    const cut = second.gateway.chat("Go on", { max_tokens: 30 }).catch(() => null);
    await until("it is under way", () =>
      second.gateway.simulator.calls().some(({ state }) => state === "held") ? true : null,
    );
    await second.gateway.server.kill("SIGKILL");
    await cut;
    assert.deepEqual(toldBy(second), [], "what was told is not told again");
  }
  await using third = await start();
  await spend(third, 1);
  await until("the share that the crash has booked", () =>
    toldBy(third).length > 0 ? true : null,
  );
  await spend(third, 1);
  await third.gateway.settled();
  assert.deepEqual(toldBy(third), ["0.5"]);
  await lookedUp(third);
  await refused(third);
  await erased(third);
});

async function lookedUp(operated: OperatedGateway): Promise<void> {
  const alerts = await alertsOf(operated, "scope=key&range=1h");
  assert.deepEqual(
    alerts.map(({ measure, share, limit, code }) => [measure, share, limit, code]),
    [
      ["outputTokens", 0.5, 100, null],
      ["outputTokens", 0.2, 100, null],
    ],
  );
  assert.deepEqual(await alertsOf(operated, "tenant=sekisho"), []);
}

/** Of 62 of 100 the rest is too little, and no share says so. */
async function refused(operated: OperatedGateway): Promise<void> {
  for (let n = 0; n < 2; n += 1) {
    const answer = await operated.gateway.chat("Go on", { max_tokens: 50 });
    assert.equal(answer.status, 402);
    await answer.arrayBuffer();
  }
  const [latest, ...others] = await until("the refusal is told", async () => {
    const alerts = await alertsOf(operated, "tenant=demo&scope=key");
    return alerts.length > 2 ? alerts : null;
  });
  assert.deepEqual([latest?.share, latest?.used, others.length], [0.62, 62, 2]);
  const said = await operated.sekisho("alerts", "--tenant", "demo", "--limit", "1");
  assert.match(
    said,
    /^TIME .*\n.* 62 % +62 +100 +output tokens +a call was refused: budget_exhausted\n/,
  );
  assert.match(said, /more: --after \d+\n$/);
  const metrics = await (await operated.admin("GET", "/metrics")).text();
  assert.match(metrics, /sekisho_budget_alerts_total\{tenant="demo",scope="key",.*"refused"\} 1\n/);
}

async function erased(operated: OperatedGateway): Promise<void> {
  const user = "anna@example.com";
  await spend(operated, 10, user);
  const accounts = async (): Promise<string[]> =>
    (await alertsOf(operated, "scope=user")).map(({ account }) => account);
  const own = `user:demo/${encodeURIComponent(user)}:day`;
  await until("the user's alert", async () => ((await accounts()).includes(own) ? true : null));
  await operated.sekisho("erase", "--tenant", "demo", "--user", user);
  const [latest] = await accounts();
  assert.match(latest ?? "", /^user:demo\/erased_[0-9a-z]{26}:day$/);
}
