import { idBodyIn } from "@sekisho/lib/ids/id-body.ts";
import type {
  CallSubjectView,
  LedgerCallView,
  RunningCallView,
} from "@sekisho/wire/admin/ledger-call.ts";
import type { LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatMs, formatUsd } from "./format-figures.ts";
import { formatTable, printable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

const columns: readonly Column[] = [
  left("ROW"),
  left("OUTCOME"),
  left("CAUSE"),
  left("PROVIDER"),
  left("REGION"),
  left("MODEL"),
  right("INPUT"),
  right("OUTPUT"),
  right("WASTED"),
  right("CACHED"),
  left("SOURCE"),
  right("COST USD"),
  right("FIRST MS"),
  right("MS"),
];

const rowOf = (row: LedgerRowView): readonly string[] => [
  row.attempt === 0 ? "answer" : `attempt ${row.attempt}`,
  row.outcome,
  row.cause ?? "",
  row.provider ?? "",
  row.region ?? "",
  row.model ?? "",
  formatCount(row.inputTokens),
  formatCount(row.outputTokens),
  row.wastedTokens === null ? "" : formatCount(row.wastedTokens),
  formatCount(row.cacheReadTokens),
  row.usageSource,
  formatUsd(row.costNanoUsd),
  row.firstTokenMs === null ? "" : formatMs(row.firstTokenMs),
  formatMs(row.latencyMs),
];

type Line = readonly [name: string, value: string | null];

/** What there is to say, a line for each; names of clients' own choice cannot break one. */
const linesOf = (lines: readonly Line[]): string =>
  lines
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${`${name}:`.padEnd(12)}${printable(value ?? "")}\n`)
    .join("");

const leftOutOf = ({ leftOutMessages }: CallSubjectView): string | null =>
  leftOutMessages === 0 ? null : `${formatCount(leftOutMessages)} messages were not sent`;

const subjectLines = (subject: CallSubjectView): readonly Line[] => [
  ["tenant", subject.tenant],
  ["team", subject.team],
  ["key", subject.key],
  ["user", subject.user],
  ["session", subject.session],
  ["agent", subject.agent],
  ["tags", subject.tags.length === 0 ? null : subject.tags.join(", ")],
  ["surface", subject.surface],
  ["model", subject.alias],
  ["choice", subject.choice],
  ["history", leftOutOf(subject)],
];

const givenOf = ({ cached, savedNanoUsd }: LedgerRowView): string | null =>
  cached === null
    ? null
    : `another call's answer (${cached}), ${formatUsd(savedNanoUsd)} USD saved`;

const feedbackOf = ({ feedbackCount, feedbackScore }: LedgerRowView): string | null =>
  feedbackScore === null ? null : `${formatCount(feedbackCount)}, ${feedbackScore} at the mean`;

const endLines = (response: LedgerRowView): readonly Line[] => [
  ["ended", response.time],
  ...subjectLines(response),
  ["given", givenOf(response)],
  ["price", response.priceVersion],
  ["feedback", feedbackOf(response)],
];

const openLines = (call: RunningCallView): readonly Line[] => [
  ["ended", "not yet; it has rows when it has"],
  ...subjectLines(call),
  ["goes to", [call.provider, call.region, call.model].filter((name) => name !== null).join(" ")],
  ["at most", `${formatUsd(call.reservedNanoUsd)} USD`],
  ["price", call.priceVersion],
];

/** Who and what, then a line for the answer and one for each attempt. */
export function callInWords(call: LedgerCallView): string {
  const head: readonly Line[] = [
    ["call", call.id],
    ["started", call.startedAt],
  ];
  if (call.state === "running") return linesOf([...head, ...openLines(call)]);
  const { rows } = call;
  const [response] = rows;
  const lines = response === undefined ? head : [...head, ...endLines(response)];
  return `${linesOf(lines)}\n${formatTable(columns, rows.map(rowOf))}`;
}

/** `sekisho ledger show <id>`: fails (4) for a call that is not there, in the server's words. */
export async function showCall(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const [asked = ""] = args;
  const id = idBodyIn(asked);
  // What is none could name another endpoint.
  if (id === null) {
    const where = "an answer has it in its header x-sekisho-request-id, as req_…";
    throw cliFailure("usage", `Cannot look up the call "${asked}": that is no id; ${where}`);
  }
  const client = AdminClient.connect(invocation);
  const path = `/admin/ledger/req_${id}`;
  // The server's own type: what is no answer of ours was refused by the client.
  const call = (await client.get(path)) as LedgerCallView;
  terminal.out(options.has("json") ? `${JSON.stringify(call)}\n` : callInWords(call));
  return "ok";
}
