import { querySpend } from "@sekisho/gateway/ledger/usage-query.ts";
import { probeTenant } from "@sekisho/gateway/probing/probe-question.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { LiveToday } from "@sekisho/wire/admin/live.ts";
import { nanoUsdJson } from "@sekisho/wire/admin/usage.ts";
import type { LiveSources } from "../edge/admin/live-feed.ts";
import type { Gateway } from "./gateway.ts";

const dayMs = 86_400_000;
const modelsShown = 10;

/** What the live view of the console is made of. */
export function liveSources(gateway: Gateway, reader: Reader, clock: Clock): LiveSources {
  const { recent, responses, health, circuitChanges } = gateway;
  return {
    clock,
    recent,
    circuits: () => health.circuits(clock.monotonicMs()),
    changes: () => circuitChanges.latest,
    today: () => todayOf(reader, clock.wallMs()),
    running: () => responses.running,
  };
}

function todayOf(reader: Reader, nowMs: number): LiveToday {
  const spend = querySpend(reader, nowMs - (nowMs % dayMs), probeTenant);
  return {
    requests: spend.reduce((sum, { requests }) => sum + requests, 0),
    costNanoUsd: nanoUsdJson(spend.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n)),
    models: spend.slice(0, modelsShown).map(({ name, requests, costNanoUsd }) => ({
      name,
      requests,
      costNanoUsd: nanoUsdJson(costNanoUsd),
    })),
  };
}
