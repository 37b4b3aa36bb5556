import type { ModelListView, ModelView } from "@sekisho/wire/admin/models.ts";
import {
  capabilityNames,
  type Capabilities,
  type Capability,
} from "@sekisho/wire/canonical/model-details.ts";
import { displayWidth } from "./display-width.ts";
import { formatCount } from "./format-figures.ts";
import { formatTable, printable, type Column } from "./table.ts";

/** Columns of a terminal that the list keeps to, as far as names of one's own allow. */
const width = 100;
/** Less would leave a word of notes on each line. */
const leastNotesWidth = 24;
const indent = "  ";

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

const columns: readonly Column[] = [
  left("NAME"),
  right("WINDOW"),
  right("OUTPUT"),
  right("USD IN"),
  right("USD OUT"),
  left("CAN"),
];
const notesTitle = "NOTES";

/** One letter for each ability; the text alone has none, every model of a chat has it. */
const letters: Readonly<Record<Exclude<Capability, "text">, string>> = {
  images: "i",
  documents: "d",
  tools: "t",
  structuredOutput: "o",
  reasoning: "r",
  promptCaching: "c",
  streaming: "s",
  embeddings: "e",
};

const shown = capabilityNames.filter((name) => name !== "text");

/** `promptCaching` reads "prompt caching". */
export const inWords = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

/** What all targets can do, each ability in its place. */
const abilitiesOf = (capabilities: Capabilities): string =>
  shown
    .map((name) => {
      const can = capabilities[name];
      return can === null ? "?" : can ? letters[name] : "-";
    })
    .join("");

const countOrNone = (count: number | null): string => (count === null ? "" : formatCount(count));

const upstreamOf = ({ targets }: Pick<ModelView, "targets">): string[] => [
  ...new Set(targets.map(({ upstreamModel }) => upstreamModel)),
];

/** In few words what the notes say in sentences. */
function shortNotes({ details, targets }: ModelView): string[] {
  const unpriced = targets.filter(({ price }) => price === null).length;
  const next = targets.find(({ nextPrice }) => nextPrice !== null)?.nextPrice;
  const { price } = details;
  return [
    ...(unpriced === 0 ? [] : [unpriced === targets.length ? "unpriced" : `${unpriced} unpriced`]),
    ...(price?.bands ?? []).map((band) => `dearer over ${formatCount(band.overPromptTokens)}`),
    ...(price?.validFrom ? [`price of ${price.validFrom}`] : []),
    ...(next === undefined || next === null ? [] : [`changes ${next.validFrom}`]),
    ...(price?.confidence === "C" ? ["price not confirmed"] : []),
    ...(details.hasSeveralPrices ? ["dearest of several"] : []),
  ];
}

const rowOf = ({ name, details }: ModelView): readonly string[] => [
  name,
  countOrNone(details.contextWindow),
  countOrNone(details.maxOutputTokens),
  details.price?.input ?? "",
  details.price?.output ?? "",
  abilitiesOf(details.capabilities),
];

/** Words with commas between them, in lines of at most so many columns where a word allows it. */
function lines(words: readonly string[], most: number): string[] {
  const made: string[] = [];
  for (const [index, word] of words.entries()) {
    const piece = index === words.length - 1 ? word : `${word},`;
    const last = made.at(-1);
    const longer = last === undefined ? piece : `${last} ${piece}`;
    if (last !== undefined && displayWidth(longer) <= most) made[made.length - 1] = longer;
    else made.push(piece);
  }
  return made;
}

/** A line of the table, and below it what does not stand in its columns. */
function entryOf(line: string, model: ModelView, tableWidth: number): string[] {
  const notesAt = tableWidth + indent.length;
  const [first = "-", ...more] = lines(
    shortNotes(model).map(printable),
    Math.max(leastNotesWidth, width - notesAt),
  );
  const upstream = upstreamOf(model).map(printable);
  const isItself = upstream.length === 1 && upstream[0] === model.name;
  const behind = isItself ? [] : lines(upstream, width - indent.length);
  return [
    line.padEnd(tableWidth) + indent + first,
    ...more.map((note) => " ".repeat(notesAt) + note),
    ...behind.map((names) => indent + names),
  ];
}

/** The table of all names, and under it what its letters and prices are. */
export function listInWords({ models, wildcards, book }: ModelListView): string {
  const [head = "", ...rows] = formatTable(columns, models.map(rowOf)).trimEnd().split("\n");
  const tableWidth = Math.max(...[head, ...rows].map(displayWidth));
  const entries = models.flatMap((model, at) => entryOf(rows[at] ?? "", model, tableWidth));
  const [first = "", ...others] = shown.map((name) => `${letters[name]} ${inWords(name)}`);
  const [pattern, ...patterns] = wildcards.map(printable);
  return [
    head.padEnd(tableWidth) + indent + notesTitle,
    ...entries,
    "",
    ...lines([`CAN: ${first}`, ...others, "? unknown"], width),
    ...(pattern === undefined ? [] : lines([`patterns: ${pattern}`, ...patterns], width)),
    `USD per million tokens, price book ${printable(book)}`,
  ]
    .map((line) => `${line}\n`)
    .join("");
}
