import type { EndpointView } from "@sekisho/wire/chat/test-views.ts";
import { DrillFailure } from "./drill-failure.ts";
import type { Drill, DrillContext, Finding } from "./drill.ts";
import { equals } from "./findings.ts";
import { OpenLoop, unsentChat, type LoadedCall } from "./open-loop.ts";
import { pause } from "./pause.ts";

const sayMs = 1_000;

/** Calls of the alias go to its regions as its balancer says. */
export const distribution: Drill = {
  about: "calls are spread over the regions as the balancer and its weights say",
  options: {
    calls: { about: "calls to make", standard: 300, min: 1, max: 100_000 },
    rate: { about: "calls per second", standard: 50, min: 1, max: 1_000 },
    tolerance: { about: "how far a share may be off", standard: 0.03, min: 0, max: 1 },
  },
  async run(context) {
    const { server, say, option } = context;
    const { strategy, endpoints } = await server.balance();
    const unwell = endpoints.filter(({ healthy }) => !healthy);
    if (unwell.length > 0) {
      const names = unwell.map(({ region }) => region).join(", ");
      throw new DrillFailure(`Cannot measure the distribution: ${names} rests after failures`);
    }
    say(`${option("calls")} calls; balancer ${strategy}`);
    const calls = await callAll(context);
    const failed = calls.filter(({ status }) => status !== 200).length;
    const rows = regionRows(calls, expectedShares(strategy, endpoints));
    for (const { region, served, share } of rows) say(`${region}: ${served} (${percent(share)})`);
    const findings = rows.map((row) => finding(row, option("tolerance")));
    return {
      figures: { strategy, calls: calls.length, failed, regions: rows },
      findings: [...findings, equals("failed calls", String(failed), "0")],
    };
  },
};

async function callAll({
  server,
  say,
  option,
  stop,
}: DrillContext): Promise<readonly LoadedCall[]> {
  const most = option("calls");
  const load = new OpenLoop({ perSecond: option("rate"), most }, () => server.chat(), unsentChat);
  load.start();
  while (load.sent < most && !stop.aborted) {
    await pause(sayMs, stop);
    say(`${load.sent} calls`);
  }
  await load.stop();
  return load.calls;
}

/**
 * What each region is to get of the calls. One that a balancer by latency, load or price chooses
 * gets what it gets: null.
 */
export function expectedShares(
  strategy: string,
  endpoints: readonly Pick<EndpointView, "region" | "weight" | "priority">[],
): ReadonlyMap<string, number | null> {
  const first = Math.min(...endpoints.map(({ priority }) => priority));
  const isKnown = ["round-robin", "weighted", "failover", "chain"].includes(strategy);
  const equals = endpoints.filter(({ priority }) => priority === first);
  const weights = equals.map(({ weight }, index) => {
    if (strategy === "round-robin") return 1;
    if (strategy === "weighted") return weight;
    return index === 0 ? 1 : 0;
  });
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const shares = new Map<string, number | null>(
    endpoints.map(({ region }) => [region, isKnown ? 0 : null]),
  );
  if (!isKnown) return shares;
  for (const [index, { region }] of equals.entries()) {
    shares.set(region, (shares.get(region) ?? 0) + (weights[index] ?? 0) / sum);
  }
  return shares;
}

interface RegionRow {
  readonly region: string;
  readonly served: number;
  readonly share: number;
  readonly expected: number | null;
}

const regionRows = (
  calls: readonly LoadedCall[],
  expected: ReadonlyMap<string, number | null>,
): readonly RegionRow[] =>
  [...expected].map(([region, share]) => {
    const served = calls.filter((call) => call.region === region).length;
    return {
      region,
      served,
      share: calls.length === 0 ? 0 : served / calls.length,
      expected: share,
    };
  });

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function finding({ region, share, expected }: RegionRow, tolerance: number): Finding {
  const what = `share of ${region}`;
  if (expected === null) return { what, found: percent(share), limit: "any", isMet: true };
  return {
    what,
    found: percent(share),
    limit: `${percent(expected)} ± ${percent(tolerance)}`,
    isMet: Math.abs(share - expected) <= tolerance,
  };
}
