import { Failure } from "@sekisho/lib/failure/failure.ts";
import { nearestAre } from "@sekisho/lib/text/near-names.ts";
import type { CostLine, CostView } from "@sekisho/wire/admin/costs.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount } from "./format-figures.ts";
import { formatTable, printable, type Column } from "./table.ts";
import { cliFailure } from "./terminal.ts";

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

/** Options that are numbers, by the name that the server knows them by. */
const counts: readonly (readonly [option: string, field: string])[] = [
  ["input", "input"],
  ["output", "output"],
  ["cache-read", "cacheRead"],
  ["cache-write", "cacheWrite5m"],
  ["cache-write-1h", "cacheWrite1h"],
  ["images", "images"],
  ["requests-per-day", "requestsPerDay"],
  ["days", "days"],
];

/** What one request costs with one model. */
export async function showCost(invocation: Invocation): Promise<Exit> {
  const view = await ask(invocation, invocation.args);
  if (invocation.options.has("json")) return printJson(invocation, view);
  checkPriced(view);
  tellTokens(invocation, view);
  invocation.terminal.out(tableOf(view));
  return "ok";
}

/** The same request with each model, the cheapest first. */
export async function compareCosts(invocation: Invocation): Promise<Exit> {
  const view = await ask(invocation, invocation.args);
  if (invocation.options.has("json")) return printJson(invocation, view);
  checkPriced(view);
  tellTokens(invocation, view);
  invocation.terminal.out(tableOf(view));
  tellUnpriced(invocation, view);
  return "ok";
}

/** The model that the request costs least with. */
export async function cheapestCost(invocation: Invocation): Promise<Exit> {
  const view = await ask(invocation, invocation.args);
  const cheapest = { ...view, costs: view.costs.slice(0, 1) };
  if (invocation.options.has("json")) return printJson(invocation, cheapest);
  checkPriced(view);
  tellTokens(invocation, view);
  invocation.terminal.out(tableOf(cheapest));
  tellUnpriced(invocation, view);
  return "ok";
}

/** Ends the command where nothing that was asked for has a price. */
function checkPriced({ costs, unpriced }: CostView): void {
  if (costs.length > 0) return;
  const sentences = unpriced.map(
    ({ model, nearest }) => `Cannot price ${model}: it has no price${nearestAre(nearest)}`,
  );
  const all = sentences.length > 0 ? sentences : ["Cannot price a request: there is no model"];
  throw cliFailure("failed", all.map(printable).join("\n"));
}

async function ask(invocation: Invocation, models: readonly string[]): Promise<CostView> {
  const { options } = invocation;
  const asked: Record<string, unknown> = models.length === 0 ? {} : { models };
  for (const [option, field] of counts) {
    const count = options.count(option);
    if (count !== undefined) asked[field] = count;
  }
  if (options.has("batch")) asked["batch"] = true;
  const client = AdminClient.connect(invocation);
  const view = await inOptions(counts, () => client.send("POST", "/admin/cost", asked));
  // The server's own type: what is no answer of ours was refused by the client.
  return view as CostView;
}

/** Says the server's refusal in the words of the command line: its fields are options here. */
export async function inOptions(
  options: readonly (readonly [option: string, field: string])[],
  send: () => Promise<unknown>,
): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "refused") throw error;
    const named = options.reduce(
      (message, [option, field]) => message.replace(new RegExp(`\\b${field}\\b`), `--${option}`),
      error.message,
    );
    // Who typed an option has sent no body.
    const said = named.replace(/^Cannot read the body: (?=--)/, "");
    const isOfBlend = named.startsWith("Cannot price model");
    const hint = isOfBlend ? "; --blend MODEL:PERCENT:INPUT:OUTPUT,… names others" : "";
    throw cliFailure("refused", said + hint, error);
  }
}

function printJson({ terminal }: Invocation, view: CostView): Exit {
  terminal.out(`${JSON.stringify(view)}\n`);
  return view.costs.length > 0 ? "ok" : "failed";
}

/** `1,000 tokens in, 500 out, 200 of them read from a cache; 1,000 requests a day`. */
function tellTokens({ terminal }: Invocation, { tokens, requestsPerDay }: CostView): void {
  const cached = tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h;
  const parts = [
    `${formatCount(tokens.input)} tokens in`,
    ...(cached === 0 ? [] : [`${formatCount(cached)} of a cache`]),
    `${formatCount(tokens.output)} out`,
    ...(tokens.images === 0
      ? []
      : [tokens.images === 1 ? "1 image" : `${formatCount(tokens.images)} images`]),
    ...(tokens.batch ? ["in batches"] : []),
  ];
  const load = requestsPerDay === 0 ? "" : `; ${formatCount(requestsPerDay)} requests a day`;
  terminal.err(`${parts.join(", ")}${load}\n`);
}

function tellUnpriced({ terminal }: Invocation, { unpriced }: CostView): void {
  for (const { model, nearest } of unpriced) {
    terminal.err(`${printable(`without a price: ${model}${nearestAre(nearest)}`)}\n`);
  }
}

function tableOf({ costs, days }: CostView): string {
  const [cheapest] = costs;
  const isMonthly = cheapest?.dayUsd !== null && cheapest !== undefined;
  const columns = [
    left("MODEL"),
    right("A REQUEST USD"),
    ...(isMonthly ? [right("A DAY USD"), right(`${days} DAYS USD`)] : []),
    ...(costs.length > 1 ? [right("TIMES")] : []),
    left("PRICE"),
  ];
  return formatTable(
    columns,
    costs.map((line) => [
      line.model,
      grouped(line.costUsd),
      ...(isMonthly ? [grouped(line.dayUsd ?? ""), grouped(line.totalUsd ?? "")] : []),
      ...(costs.length > 1 ? [timesOf(line, cheapest)] : []),
      line.priceVersion,
    ]),
  );
}

/** 1.0 for the cheapest. */
function timesOf({ costUsd }: CostLine, cheapest: CostLine | undefined): string {
  const least = Number(cheapest?.costUsd ?? 0);
  return least === 0 ? "" : grouped((Number(costUsd) / least).toFixed(1));
}

/** "45000.00" -> "45,000.00" */
export function grouped(usd: string): string {
  const [whole = "", fraction] = usd.split(".");
  return fraction === undefined ? formatCount(whole) : `${formatCount(whole)}.${fraction}`;
}
