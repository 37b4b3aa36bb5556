import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import {
  type ArmFeedbackView,
  type ArmView,
  maxWeight,
  type SplitCommand,
  type SplitList,
  type SplitView,
} from "@sekisho/wire/admin/splits.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation, Run } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount, formatMs, formatShare, formatUsd } from "./format-figures.ts";
import { formatTable, printable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

const columns: readonly Column[] = [
  { title: "SPLIT", align: "left" },
  { title: "ARM", align: "left" },
  { title: "WEIGHT", align: "right" },
  { title: "SHARE", align: "right" },
  { title: "REQUESTS", align: "right" },
  { title: "ERRORS", align: "right" },
  { title: "RATE", align: "right" },
  { title: "COST USD", align: "right" },
  { title: "FIRST P50", align: "right" },
  { title: "FIRST P99", align: "right" },
  { title: "P50 MS", align: "right" },
  { title: "P99 MS", align: "right" },
  { title: "FEEDBACK", align: "left" },
  { title: "STATE", align: "left" },
];

const tableOf = (splits: readonly SplitView[]): string =>
  formatTable(
    columns,
    splits.flatMap((split) => split.arms.map((arm) => rowOf(split, arm))),
  );

const rowOf = (split: SplitView, { arm, weight, share, figures, ...rest }: ArmView): string[] => [
  split.split,
  arm,
  String(weight),
  formatShare(share),
  formatCount(figures.requests),
  formatCount(figures.errors),
  formatShare(figures.errorRate),
  formatUsd(figures.costNanoUsd),
  timeIn(figures.firstToken.count, figures.firstToken.p50Ms),
  timeIn(figures.firstToken.count, figures.firstToken.p99Ms),
  timeIn(figures.latency.count, figures.latency.p50Ms),
  timeIn(figures.latency.count, figures.latency.p99Ms),
  feedbackInWords(rest.feedback),
  rest.isRolledBack ? "rolled back" : stateInWords(split, arm),
];

const feedbackInWords = ({ good, bad, count }: ArmFeedbackView): string =>
  count === 0 ? "" : `+${formatCount(good)} -${formatCount(bad)}`;

const timeIn = (count: number, ms: number): string => (count === 0 ? "" : formatMs(ms));

function stateInWords({ canary }: SplitView, arm: string): string {
  if (canary?.arm !== arm) return "";
  const { state, steps, at, requests, minRequests } = canary;
  const calls = `${formatCount(requests)} of ${formatCount(minRequests)} calls`;
  return `canary ${state} at ${steps[at]} % (${calls})`;
}

export async function listSplits(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  const path = `/admin/splits${queryOf(invocation)}`;
  // The server's own type: what is no answer of ours was refused by the client.
  const list = (await AdminClient.connect(invocation).get(path)) as SplitList;
  if (options.has("json")) terminal.out(`${JSON.stringify(list)}\n`);
  else if (list.splits.length === 0) terminal.err("No alias is a split.\n");
  else terminal.out(tableOf(list.splits));
  return "ok";
}

export async function showSplit(invocation: Invocation): Promise<Exit> {
  const [name = ""] = invocation.args;
  const path = `/admin/splits/${encodeURIComponent(name)}${queryOf(invocation)}`;
  // See listSplits.
  return say(invocation, (await AdminClient.connect(invocation).get(path)) as SplitView);
}

function queryOf({ options }: Invocation): string {
  const range = options.text("range");
  return range === undefined ? "" : `?range=${range}`;
}

function say({ options, terminal }: Invocation, view: SplitView): Exit {
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(view)}\n`);
    return "ok";
  }
  terminal.out(tableOf([view]));
  for (const { atMs, words, by } of view.changes) {
    terminal.out(`${rfc3339(atMs)}  ${printable(`${words} (${by})`)}\n`);
  }
  return "ok";
}

const commanding =
  (orderOf: (args: readonly string[]) => SplitCommand): Run =>
  async (invocation) => {
    const { args, options } = invocation;
    const [name = "", ...rest] = args;
    const seen = options.count("phase");
    const body = { ...orderOf(rest), ...(seen === undefined ? {} : { phase: seen }) };
    const path = `/admin/splits/${encodeURIComponent(name)}`;
    const answer = await AdminClient.connect(invocation).send("POST", path, body);
    // See listSplits.
    return say(invocation, answer as SplitView);
  };

export const setWeights = commanding(([weights = ""]) => ({
  command: "set",
  weights: weightsIn(weights),
}));
export const beginCanary = commanding(([arm = ""]) => ({ command: "canary", arm }));
export const stepCanary = commanding(() => ({ command: "step" }));
export const pauseCanary = commanding(() => ({ command: "pause" }));
export const resumeCanary = commanding(() => ({ command: "resume" }));
export const abortCanary = commanding(() => ({ command: "abort" }));
export const rollBack = commanding(([arm = null]) => ({ command: "rollback", arm }));
export const resetWeights = commanding(() => ({ command: "reset" }));

/** `quality=20,fast=80` */
function weightsIn(text: string): Readonly<Record<string, number>> {
  const weights = new Map<string, number>();
  for (const part of text.split(",")) {
    const at = part.lastIndexOf("=");
    const weight = part.slice(at + 1);
    if (at <= 0 || !/^-?\d+(?:\.\d+)?$/.test(weight)) {
      throw unreadable(text, "write arm=weight,arm=weight");
    }
    const arm = part.slice(0, at).trim();
    if (weight.startsWith("-") || Number(weight) > maxWeight) {
      throw unreadable(text, `the weight of "${arm}" must be 0 to ${maxWeight}`);
    }
    if (weights.has(arm)) throw unreadable(text, `arm "${arm}" stands twice`);
    weights.set(arm, Number(weight));
  }
  return Object.fromEntries(weights);
}

const unreadable = (text: string, why: string): Error =>
  cliFailure("usage", `Cannot read weights ${text}: ${why}`);
