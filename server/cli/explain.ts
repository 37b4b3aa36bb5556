import { readFileSync } from "node:fs";
import type { ExplainedAttemptView, ExplainView } from "@sekisho/wire/admin/explain.ts";
import { AdminClient } from "./admin-client.ts";
import { shareInWords, stateInWords } from "./circuits.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatMs, formatUsd } from "./format-figures.ts";
import { formatTable, printable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

interface Shown extends Column {
  readonly cell: (attempt: ExplainedAttemptView) => string;
  /** What most attempts have: a column of it alone is left out, since terminals are narrow. */
  readonly usual?: string;
}

const left = (title: string, cell: Shown["cell"], usual?: string): Shown => ({
  title,
  align: "left",
  cell,
  ...(usual === undefined ? {} : { usual }),
});

const right = (title: string, cell: Shown["cell"], usual?: string): Shown => ({
  ...left(title, cell, usual),
  align: "right",
});

const columns: readonly Shown[] = [
  left("PROVIDER", ({ provider }) => provider),
  left("REGION", ({ region }) => region),
  left("CREDENTIAL", ({ credential }) => credential ?? "", ""),
  left("MODEL", ({ upstreamModel }) => upstreamModel),
  left("INTERFACE", ({ api }) => api),
  right("MAX TOKENS", ({ maxTokens }) => formatCount(maxTokens)),
  right("AT MOST USD", ({ dearestNanoUsd: nano }) => (nano === null ? "" : formatUsd(nano))),
  right("FIRST MS", ({ timeouts }) => formatMs(timeouts.firstTokenMs)),
  right("ATTEMPT MS", ({ timeouts: { attemptMs: ms } }) => (ms === null ? "" : formatMs(ms)), ""),
  left("CIRCUIT", restInWords),
  right("SHARE", ({ share, rest }) => (rest === null ? shareInWords(share) : ""), shareInWords(1)),
  right("IN FLIGHT", ({ inFlight }) => formatCount(inFlight)),
  right("RETRIES", ({ retriesLeft }) => formatCount(retriesLeft)),
];

/** A pause and a drain are in no circuit. */
function restInWords({ rest, circuits }: ExplainedAttemptView): string {
  if (rest?.cause === "drained") return "drained";
  if (rest?.cause !== "cooling") return stateInWords(circuits);
  return `paused for ${formatMs(rest.forMs ?? 0)} ms`;
}

function tableOf({ attempts, pools }: ExplainView): string {
  const pool = pools.length > 1 ? [left("POOL", (attempt) => attempt.pool)] : [];
  const shown = [...pool, ...columns].filter(
    ({ cell, usual }) => usual === undefined || attempts.some((each) => cell(each) !== usual),
  );
  const rows = attempts.map((attempt, index) => [
    String(index + 1),
    ...shown.map(({ cell }) => cell(attempt)),
  ]);
  return formatTable([{ title: "#", align: "right" }, ...shown], rows);
}

/** Fails (1) when the client would be refused: a script can ask whether a call would be made. */
export async function explain(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const [model = ""] = args;
  const question = {
    model,
    surface: options.text("surface"),
    key: options.text("key"),
    tenant: options.text("tenant"),
    headers: headersOf(options.text("header")),
    body: bodyOf(options.text("file")),
    message: options.text("message"),
  };
  const client = AdminClient.connect(invocation);
  // The server's own type: what is no answer of ours was refused by the client.
  const view = (await client.send("POST", "/admin/explain", question)) as ExplainView;
  terminal.out(options.has("json") ? `${JSON.stringify(view)}\n` : inWords(view));
  return view.refusal === null ? "ok" : "failed";
}

function inWords(view: ExplainView): string {
  const { attempts, sentences, deadlineMs } = view;
  const table = attempts.length === 0 ? "" : `${tableOf(view)}\n`;
  const within = `the call has ${formatMs(deadlineMs ?? 0)} ms with all its attempts`;
  const all = deadlineMs === null ? sentences : [...sentences, within];
  return table + all.map((sentence) => `- ${printable(sentence)}\n`).join("");
}

function headersOf(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  const { name, value } = /^(?<name>[\w-]+)[=:]\s*(?<value>.*)$/.exec(text)?.groups ?? {};
  if (name === undefined || value === undefined) {
    throw cliFailure("usage", `Cannot read --header ${text}: write name=value`);
  }
  return { [name.toLowerCase()]: value };
}

const standardInput = 0;

function bodyOf(file: string | undefined): unknown {
  if (file === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(file === "-" ? standardInput : file, "utf8"));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    // Without the cause's text: a JSON error quotes the file, and prompts stand in it.
    const why = error instanceof SyntaxError ? "it is not valid JSON" : code;
    const name = file === "-" ? "standard input" : file;
    throw cliFailure("usage", `Cannot read ${name}: ${why}`, error);
  }
}
