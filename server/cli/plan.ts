import type { PlanScenario, PlanView } from "@sekisho/wire/admin/plans.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import { grouped, inOptions } from "./cost.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatCounted, formatUsdSum } from "./format-figures.ts";
import { formatTable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

const columns: readonly Column[] = [
  { title: "MODEL", align: "left" },
  { title: "MESSAGES A DAY", align: "right" },
  { title: "TOKENS IN", align: "right" },
  { title: "OUT", align: "right" },
  { title: "A MESSAGE USD", align: "right" },
  { title: "A DAY USD", align: "right" },
];

const counts: readonly (readonly [option: string, field: string])[] = [
  ["messages-per-day", "messagesPerDay"],
  ["free-input", "freeInputTokens"],
  ["free-output", "freeOutputTokens"],
  ["cache-percent", "cachePercent"],
  ["days", "days"],
  ["peak-percent", "peakPercent"],
  ["answer-ms", "answerMs"],
  ["quota", "quotaTokensPerMinute"],
  ["calls-per-replica", "callsPerSecondPerReplica"],
];

export async function showPlan(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  if (!options.has("messages-per-day")) {
    throw cliFailure("usage", "Cannot plan: --messages-per-day is missing");
  }
  const asked: Record<string, unknown> = {};
  for (const [option, field] of counts) {
    const count = options.count(option);
    if (count !== undefined) asked[field] = count;
  }
  const blend = options.list("blend");
  if (blend !== undefined) asked["blend"] = blend;
  const client = AdminClient.connect(invocation);
  const view = await inOptions([...counts, ["blend", "blend"]], () =>
    client.send("POST", "/admin/plan", asked),
  );
  // The server's own type: what is no answer of ours was refused by the client.
  const plan = view as PlanView;
  if (options.has("json")) terminal.out(`${JSON.stringify(plan)}\n`);
  else terminal.out(planText(plan));
  return "ok";
}

/** Money to the cent, but for what one message costs. */
export function planText({ request, scenarios, load }: PlanView): string {
  const told = scenarios.map((scenario) => scenarioText(scenario, request.days));
  const { quotaPercent } = load;
  const quota =
    quotaPercent === null ? "" : `, ${formatCount(quotaPercent)} % of what the quotas allow`;
  const lines = [
    `at the busiest second, ${formatCounted(load.peakPerSecond, "message")} ` +
      `(${formatCount(load.averagePerSecond)} on average): ` +
      `${formatCounted(load.streamsAtPeak, "answer")} at once,`,
    `${formatCount(load.peakInputTokensPerMinute)} tokens in and ` +
      `${formatCount(load.peakOutputTokensPerMinute)} out a minute${quota}`,
    `${formatCounted(load.replicas, "replica")}, one of them to spare: ` +
      `${formatUsdSum(load.platformUsd)} USD in ${formatCounted(request.days, "day")}`,
  ];
  return `${told.join("\n")}\n${lines.join("\n")}\n`;
}

function scenarioText(
  { name, lines, dayUsd, totalUsd, savedPermille }: PlanScenario,
  days: number,
): string {
  const rows = lines.map((line) => [
    line.model,
    formatCount(line.messages),
    formatCount(line.inputTokens),
    formatCount(line.outputTokens),
    grouped(line.messageUsd),
    formatUsdSum(line.dayUsd),
  ]);
  const saved = savedPermille <= 0 ? "" : `, ${(savedPermille / 10).toFixed(1)} % less`;
  const total = `${formatUsdSum(totalUsd)} in ${formatCounted(days, "day")}${saved}`;
  const sum = `${formatUsdSum(dayUsd)} USD a day, ${total}`;
  return `${name}: ${sum}\n${formatTable(columns, rows)}`;
}
