import { readablePercent } from "@sekisho/lib/text/percent-encoded.ts";
import type { AlertPage, AlertView } from "@sekisho/wire/admin/alerts.ts";
import { pageLimits } from "@sekisho/wire/admin/page-limits.ts";
import { AdminClient } from "./admin-client.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatUsd } from "./format-figures.ts";
import { formatTable, type Column } from "./table.ts";

const columns: readonly Column[] = [
  { title: "TIME", align: "left" },
  { title: "TENANT", align: "left" },
  { title: "ACCOUNT", align: "left" },
  { title: "SHARE", align: "right" },
  { title: "USED", align: "right" },
  { title: "LIMIT", align: "right" },
  { title: "OF", align: "left" },
  { title: "WHAT WAS TOLD", align: "left" },
];

const units = { cost: "USD", inputTokens: "input tokens", outputTokens: "output tokens" };

function rowOf({ measure, ...alert }: AlertView): readonly string[] {
  const format = measure === "cost" ? formatUsd : formatCount;
  return [
    alert.time,
    alert.tenant,
    readablePercent(alert.account),
    `${Number((alert.share * 100).toFixed(2))} %`,
    format(alert.used),
    format(alert.limit),
    units[measure],
    toldOf(alert),
  ];
}

/** In the past: what is refused now depends on the call, and on the limit of now. */
function toldOf({ share, code }: Pick<AlertView, "share" | "code">): string {
  if (code === null) return "was spent";
  const isSpent = code === "budget_exhausted" && share >= 1;
  return `${isSpent ? "was spent, " : ""}a call was refused: ${code}`;
}

/** A line for each, in the order of the answer. */
export const alertText = (alerts: readonly AlertView[]): string =>
  alerts.length === 0 ? "no alerts\n" : formatTable(columns, alerts.map(rowOf));

const filters = ["tenant", "scope", "range", "after"];

/** `sekisho alerts`: one page, the newest first. */
export async function showAlerts(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const query = askedQuery(options, filters, { limit: pageLimits });
  const path = `/admin/alerts?${query.toString()}`;
  // The server's own type: what is no answer of ours was refused by the client.
  const page = (await AdminClient.connect(invocation).get(path)) as AlertPage;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(page)}\n`);
    return "ok";
  }
  terminal.out(alertText(page.alerts));
  if (page.next !== null) terminal.err(`more: --after ${page.next}\n`);
  return "ok";
}
