import { calendarForm } from "@sekisho/wire/admin/calendar-range.ts";
import type { UsageFiguresView, UsageView } from "@sekisho/wire/admin/usage.ts";
import { AdminClient } from "./admin-client.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatCounted, formatMs, formatShare, formatUsd } from "./format-figures.ts";
import { formatTable, type Column } from "./table.ts";

const filters = ["tenant", "team", "key", "agent", "range", "group"];

const titles = [
  "REQUESTS",
  "ERRORS",
  "SUCCESS",
  "COST USD",
  "INPUT",
  "OUTPUT",
  "WASTED",
  "CACHED",
  "P50 MS",
  "P95 MS",
  "P99 MS",
  "FIRST P95 MS",
];

/** Of no request there is no share, and of none that was measured no percentile. */
const nothing = "-";

const rowOf = (figures: UsageFiguresView): readonly string[] => {
  const of = (written: string): string => (figures.requests === 0 ? nothing : written);
  // No answer takes no time: calls whose process died have no latency, failures no first token.
  const ms = (measured: number): string => (measured === 0 ? nothing : formatMs(measured));
  return [
    formatCount(figures.requests),
    formatCount(figures.errors),
    of(formatShare(figures.successRate)),
    formatUsd(figures.costNanoUsd),
    formatCount(figures.inputTokens),
    formatCount(figures.outputTokens),
    formatCount(figures.wastedTokens),
    formatCount(figures.cachedTokens),
    ms(figures.p50LatencyMs),
    ms(figures.p95LatencyMs),
    ms(figures.p99LatencyMs),
    ms(figures.p95FirstTokenMs),
  ];
};

/** One line per group and one for all of them. */
export const usageTable = ({ group, groups, totals }: UsageView): string => {
  const columns: readonly Column[] = [
    { title: (group ?? "").toUpperCase(), align: "left" },
    ...titles.map((title): Column => ({ title, align: "right" })),
  ];
  const rows = groups.map(({ name, figures }) => [name, ...rowOf(figures)]);
  return formatTable(columns, [...rows, ["total", ...rowOf(totals)]]);
};

/** What finance asks of a split by source: what no provider has said, and what had no price. */
export function sourceLine(groups: UsageView["groups"], unpriced: number): string {
  const unknown = groups.find(({ name }) => name === "unknown")?.figures;
  const booked =
    `booked at reservation (unknown): ${formatCounted(unknown?.requests ?? 0, "call")}, ` +
    `${formatUsd(unknown?.costNanoUsd ?? 0)} USD`;
  return `${booked}; without a price: ${formatCounted(unpriced, "call")}\n`;
}

/** What shows all calls that there are. */
export const everyCall = "sekisho usage export --range all";

/** Where calls may stand that were not found; by default `further` looks for them. */
export function elsewhere(
  query: Pick<URLSearchParams, "has">,
  further: string = "sekisho usage --range 30d",
): string {
  const asked = ["tenant", "team", "key", "agent"].find((name) => query.has(name));
  return asked === undefined
    ? `"${further}" looks further back`
    : `"sekisho usage --group ${asked}" names every ${asked} that has some`;
}

export async function showUsage(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const query = askedQuery(options, filters);
  const client = AdminClient.connect(invocation);
  // The server's own type: what is no answer of ours was refused by the client.
  const usage = (await client.get(`/admin/usage?${query.toString()}`)) as UsageView;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(usage)}\n`);
    return "ok";
  }
  terminal.err(`${usage.from} to ${usage.to}\n`);
  if (usage.without !== null) {
    terminal.err(`without probes, which are booked under --tenant ${usage.without}\n`);
  }
  // A name that is spelt wrong looks like one that has called nothing.
  if (usage.totals.requests === 0) {
    // 30 days may be less far back than a month that was asked for.
    const isCalendar = calendarForm.test(options.text("range") ?? "");
    const hint = isCalendar ? elsewhere(query, everyCall) : elsewhere(query);
    terminal.err(`no call is booked: ${hint}\n`);
  }
  terminal.out(usageTable(usage));
  if (usage.unpriced !== null) terminal.out(sourceLine(usage.groups, usage.unpriced));
  return "ok";
}
