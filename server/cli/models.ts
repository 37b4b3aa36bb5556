import type { ModelListView, ModelTargetView, ModelView } from "@sekisho/wire/admin/models.ts";
import { capabilityNames, type ShownPrice } from "@sekisho/wire/canonical/model-details.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatCount } from "./format-figures.ts";
import { inWords, listInWords } from "./model-list.ts";
import { formatTable, printable, type Column } from "./table.ts";

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

const targetColumns: readonly Column[] = [
  left("POOL"),
  left("PROVIDER"),
  left("REGION"),
  left("CREDENTIAL"),
  left("MODEL"),
  right("PRIORITY"),
  right("WEIGHT"),
  right("WINDOW"),
  right("OUTPUT"),
];

const priceColumns: readonly Column[] = [
  left("MODEL"),
  left("PROMPT"),
  right("INPUT"),
  right("OUTPUT"),
  right("CACHE READ"),
  right("WRITE 5 MIN"),
  right("WRITE 1 H"),
  left("FROM"),
  left("UNTIL"),
  left("SURE"),
  left("SOURCE"),
  left("PRICE"),
];

const countOrNone = (count: number | null): string => (count === null ? "" : formatCount(count));

const targetRow = (target: ModelTargetView): readonly string[] => [
  target.pool,
  target.provider,
  target.region,
  target.credential ?? "",
  target.upstreamModel,
  String(target.priority),
  String(target.weight),
  countOrNone(target.contextWindow),
  countOrNone(target.maxOutputTokens),
];

const wholeRow = (rates: ShownPrice | ShownPrice["bands"][number]): readonly string[] => [
  rates.input,
  rates.output,
  rates.cacheRead,
  rates.cacheWrite5m,
  rates.cacheWrite1h,
];

/** A line for short prompts and one for each band. */
function priceRows(model: string, price: ShownPrice): (readonly string[])[] {
  const { validFrom, validUntil, confidence, source, version, bands } = price;
  const dates = [validFrom ?? "", validUntil ?? "", confidence ?? "", source, version];
  const [first] = bands;
  const short = first === undefined ? "" : `up to ${formatCount(first.overPromptTokens)}`;
  return [
    [model, short, ...wholeRow(price), ...dates],
    ...bands.map((band) => [
      model,
      `over ${formatCount(band.overPromptTokens)}`,
      ...wholeRow(band),
      ...dates,
    ]),
  ];
}

/** Of each model at a provider: what it costs now, and from a later day on. */
function pricesOf({ targets }: ModelView): (readonly string[])[] {
  const rows = new Map<string, readonly string[]>();
  for (const { upstreamModel, price, nextPrice } of targets) {
    for (const each of [price, nextPrice]) {
      for (const row of each === null ? [] : priceRows(upstreamModel, each)) {
        rows.set(row.join("\n"), row);
      }
    }
  }
  return [...rows.values()];
}

function capabilityLines({ capabilities }: ModelView["details"]): string {
  const list = (wanted: boolean | null): string =>
    capabilityNames
      .filter((name) => capabilities[name] === wanted)
      .map(inWords)
      .join(", ") || "-";
  return `can: ${list(true)}\ncannot: ${list(false)}\nunknown: ${list(null)}\n`;
}

/** Everything about one name. */
export function oneInWords(model: ModelView): string {
  const { name, wildcard, pools, details, targets, notes } = model;
  const served = wildcard === null ? "" : `, served by the pattern ${wildcard}`;
  const chain = pools.map((pool) => `${pool.name} (${pool.balance})`).join(", then ");
  const prices = pricesOf(model);
  const sources = new Set(
    targets.flatMap(({ source, confidence: sure }) =>
      source === null ? [] : `${source} (${sure})`,
    ),
  );
  return [
    `${printable(`${name}${served}`)}\npools: ${printable(chain)}\n`,
    `window: ${countOrNone(details.contextWindow) || "unknown"}\n`,
    `output: ${countOrNone(details.maxOutputTokens) || "unknown"}\n`,
    capabilityLines(details),
    ...[...sources].map((source) => `source: ${printable(source)}\n`),
    `\n${formatTable(targetColumns, targets.map(targetRow))}`,
    prices.length === 0 ? "" : `\nUSD per million tokens:\n${formatTable(priceColumns, prices)}`,
    notes.length === 0 ? "" : `\n${notes.map((note) => `- ${printable(note)}\n`).join("")}`,
  ].join("");
}

/** Fails (4) for a name that nothing serves, in the server's words. */
export async function showModels(invocation: Invocation): Promise<Exit> {
  const { args, options, terminal } = invocation;
  const [name] = args;
  const client = AdminClient.connect(invocation);
  const path = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  const answer = await client.get(`/admin/models${path}`);
  if (options.has("json")) terminal.out(`${JSON.stringify(answer)}\n`);
  // The server's own types: what is no answer of ours was refused by the client.
  else if (name === undefined) terminal.out(listInWords(answer as ModelListView));
  // As above.
  else terminal.out(oneInWords(answer as ModelView));
  return "ok";
}
