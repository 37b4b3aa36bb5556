import {
  simpleCallLimits,
  type SavingLine,
  type SavingsView,
} from "@sekisho/wire/admin/savings.ts";
import { AdminClient } from "./admin-client.ts";
import { askedQuery } from "./asked-query.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatUsd } from "./format-figures.ts";
import { formatTable, printable, type Column } from "./table.ts";

const columns: readonly Column[] = [
  { title: "TENANT", align: "left" },
  { title: "CALLED", align: "left" },
  { title: "ROUTE TO", align: "left" },
  { title: "CALLS", align: "right" },
  { title: "SIMPLE", align: "right" },
  { title: "COST USD", align: "right" },
  { title: "OF SIMPLE", align: "right" },
  { title: "INSTEAD", align: "right" },
  { title: "SAVED", align: "right" },
];

const filters = ["tenant", "range", "to"];

/** Which calls of real usage would have cost less with another model, with the evidence. */
export async function showSavings(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const simple = { input: simpleCallLimits, output: simpleCallLimits };
  const query = askedQuery(options, filters, simple);
  const client = AdminClient.connect(invocation);
  // The server's own type: what is no answer of ours was refused by the client.
  const view = (await client.get(`/admin/cost/savings?${query.toString()}`)) as SavingsView;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(view)}\n`);
    return "ok";
  }
  terminal.err(printable(lookedAt(view)));
  terminal.err("\n");
  if (view.savings.length === 0) {
    terminal.err("nothing to save: no 20 simple calls of one name cost less elsewhere\n");
    return "ok";
  }
  terminal.out(view.savings.map((line) => `${printable(sentenceOf(line))}\n`).join(""));
  terminal.out(formatTable(columns, view.savings.map(rowOf)));
  return "ok";
}

function lookedAt({ from, to, calls, isSample, simple }: SavingsView): string {
  const which = isSample ? "the newest " : "";
  const { inputTokens, outputTokens } = simple;
  const most = `${formatCount(inputTokens)} tokens in and ${formatCount(outputTokens)} out`;
  return `${which}${formatCount(calls)} paid calls, ${from} to ${to}; simple: at most ${most}`;
}

const percent = (permille: number): string => `${Math.floor(permille / 10)} %`;

/** `route 61 % of acme's calls of quality to fast: -38 %` */
const sentenceOf = ({ tenant, alias, to, simplePermille, savedPermille }: SavingLine): string =>
  `route ${percent(simplePermille)} of ${tenant}'s calls of ${alias} to ${to}: ` +
  `-${percent(savedPermille)}`;

const rowOf = (line: SavingLine): readonly string[] => [
  line.tenant,
  line.alias,
  line.to,
  formatCount(line.calls),
  formatCount(line.simpleCalls),
  formatUsd(line.costNanoUsd),
  formatUsd(line.simpleCostNanoUsd),
  formatUsd(line.wouldCostNanoUsd),
  formatUsd(line.savedNanoUsd),
];
