import assert from "node:assert/strict";
import { until } from "../../harness/until.ts";
import type { FaultStage } from "./fault-stage.ts";

/** Every call has ended, in the books and at the provider, and nothing went wrong unforeseen. */
export async function assertClosed({
  gateway,
  ledger,
  asked,
}: Pick<FaultStage, "gateway" | "ledger" | "asked">): Promise<void> {
  await until("no call is open", () => (ledger.counts().openIntents === 0 ? true : null));
  assert.deepEqual(ledger.counts(), { openIntents: 0, calls: asked, terminalRows: asked });
  await until("the provider has seen the end of every call", () =>
    gateway.simulator.calls().every(({ state }) => state === "ended") ? true : null,
  );
  assert.doesNotMatch(gateway.server.log, /nobody foresaw|a handler failed|uncaught/i);
}
