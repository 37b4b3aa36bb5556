import { readFileSync } from "node:fs";
import type { ExplainedAttemptView, ExplainView } from "@sekisho/wire/admin/explain.ts";
import { AdminClient } from "./admin-client.ts";
import { shareInWords, stateInWords } from "./circuits.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatMs, formatUsd } from "./format-figures.ts";
import { formatTable, printable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

const columns: readonly Column[] = [
  { title: "#", align: "right" },
  { title: "POOL", align: "left" },
  { title: "PROVIDER", align: "left" },
  { title: "REGION", align: "left" },
  { title: "CREDENTIAL", align: "left" },
  { title: "MODEL", align: "left" },
  { title: "INTERFACE", align: "left" },
  { title: "MAX TOKENS", align: "right" },
  { title: "AT MOST USD", align: "right" },
  { title: "FIRST TOKEN MS", align: "right" },
  { title: "ATTEMPT MS", align: "right" },
  { title: "CIRCUIT", align: "left" },
  { title: "SHARE", align: "right" },
  { title: "IN FLIGHT", align: "right" },
  { title: "RETRIES", align: "right" },
];

const rowOf = (each: ExplainedAttemptView, index: number): readonly string[] => [
  String(index + 1),
  each.pool,
  each.provider,
  each.region,
  each.credential ?? "",
  each.upstreamModel,
  each.api,
  formatCount(each.maxTokens),
  each.dearestNanoUsd === null ? "" : formatUsd(each.dearestNanoUsd),
  formatMs(each.timeouts.firstTokenMs),
  each.timeouts.attemptMs === null ? "" : formatMs(each.timeouts.attemptMs),
  stateInWords(each.circuits),
  shareInWords(each.share),
  formatCount(each.inFlight),
  formatCount(each.retriesLeft),
];

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
  };
  const client = AdminClient.connect(invocation);
  // The server's own type: what is no answer of ours was refused by the client.
  const view = (await client.send("POST", "/admin/explain", question)) as ExplainView;
  terminal.out(options.has("json") ? `${JSON.stringify(view)}\n` : inWords(view));
  return view.refusal === null ? "ok" : "failed";
}

function inWords({ attempts, sentences, deadlineMs }: ExplainView): string {
  const table = attempts.length === 0 ? "" : `${formatTable(columns, attempts.map(rowOf))}\n`;
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
