import { queryGiven } from "@sekisho/gateway/ledger/given-query.ts";
import { querySpend } from "@sekisho/gateway/ledger/usage-query.ts";
import { probeTenant } from "@sekisho/gateway/probing/probe-question.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import { liveAlerts, type LiveToday } from "@sekisho/wire/admin/live.ts";
import { nanoUsdJson } from "@sekisho/wire/admin/usage.ts";
import type { LiveSources } from "../../edge/admin/live-view/live-feed.ts";
import { alertFacts } from "../../edge/views/alert-view.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { alertsIn } from "../storage/budget-alerts.ts";
import type { Storage } from "../storage/storage.ts";

const dayMs = 86_400_000;
const modelsShown = 10;
const aliasesShown = 5;

/** What the live view of the console is made of. */
export const liveSources = (
  gather: LiveSources["gather"],
  { cache }: Pick<Gateway, "cache">,
  { reader, clock }: Pick<Storage, "reader"> & { readonly clock: Clock },
): LiveSources => ({
  clock,
  gather,
  today: () => ({
    ...todayOf(reader, clock.wallMs()),
    given: { ...givenOf(reader, clock.wallMs()), held: cache.held },
  }),
  alerts: () => {
    const every = { tenant: null, scope: null, sinceMs: 0, untilMs: null, after: null };
    const latest = alertsIn({ reader })({ ...every, limit: liveAlerts });
    return latest.toReversed().map((event) => ({ ...alertFacts(event), atMs: event.atMs }));
  },
});

function givenOf(reader: Reader, nowMs: number): Omit<LiveToday["given"], "held"> {
  const rows = queryGiven(reader, { tenant: null, nowMs, rangeMs: nowMs % dayMs });
  const aliases = new Map<
    string,
    { tenant: string; alias: string; answers: number; saved: bigint }
  >();
  for (const { tenant, alias, answers, nanoUsd } of rows) {
    const name = JSON.stringify([tenant, alias]);
    const { answers: before = 0, saved = 0n } = aliases.get(name) ?? {};
    aliases.set(name, { tenant, alias, answers: before + answers, saved: saved + nanoUsd });
  }
  const sorted = [...aliases.values()].sort((a, b) => Number(b.saved - a.saved));
  return {
    answers: sorted.reduce((sum, { answers }) => sum + answers, 0),
    savedNanoUsd: nanoUsdJson(sorted.reduce((sum, { saved }) => sum + saved, 0n)),
    aliases: sorted.slice(0, aliasesShown).map(({ saved, ...rest }) => ({
      ...rest,
      savedNanoUsd: nanoUsdJson(saved),
    })),
  };
}

function todayOf(reader: Reader, nowMs: number): Omit<LiveToday, "given"> {
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
