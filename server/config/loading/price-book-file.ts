import { dirname, isAbsolute, join } from "node:path";
import { builtinBook, PriceBook } from "@sekisho/gateway/catalog/price-book.ts";
import type { PriceLine, RateFigures } from "@sekisho/gateway/catalog/prices.data.ts";
import { formatPath } from "../config-path.ts";
import type { ConfigProblem, Finding, Outcome } from "../problem.ts";
import { readDocument } from "../reading/document.ts";
import { priceBookSchema, type PriceBookShape } from "../schema/price-book.ts";
import { explainIssue } from "../wording/explain-issue.ts";
import { shapeProblems } from "../wording/shape-problems.ts";
import { bookOrder } from "./price-book-order.ts";

/** Where a book is named, and how it is read. */
export interface BookPlace {
  /** The file of the configuration that names it; null without one: the current folder counts. */
  readonly namedIn: string | null;
  /** Throws when the file cannot be read. */
  readonly readFile: (path: string) => Uint8Array;
}

export type BookReading =
  | Outcome<PriceBook>
  /** Of the reference itself, as the end of a sentence that begins with its path. */
  | { readonly ok: false; readonly fault: string };

/** Nobody reads more at once. */
const maxProblems = 50;

/**
 * The book that `prices.book` names. Everything that is wrong with a file is told with its line; of
 * such a book nothing holds (MON-2).
 */
export function readPriceBook(path: string, { namedIn, readFile }: BookPlace): BookReading {
  if (path === "builtin") return { ok: true, value: builtinBook, warnings: [] };
  const file = namedIn === null || isAbsolute(path) ? path : join(dirname(namedIn), path);
  const refuse = (problems: readonly ConfigProblem[]): BookReading => ({
    ok: false,
    // A problem without a line is told without its file.
    problems: problems.slice(0, maxProblems).map((each) => ({
      ...each,
      file,
      line: each.line ?? 1,
    })),
  });
  let bytes: Uint8Array;
  try {
    bytes = readFile(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    return { ok: false, fault: `names the file ${file}, which cannot be read: ${code}` };
  }
  const document = readDocument(bytes);
  if (!document.ok) return refuse(document.problems);
  const { tree, lineOf } = document.value;
  const placed = ({ path: at, sentence }: Finding): ConfigProblem => ({
    path: formatPath(at),
    file,
    line: lineOf(at),
    sentence,
  });
  const parsed = priceBookSchema.safeParse(tree, { error: explainIssue, jitless: true });
  if (!parsed.success) {
    const validated = { schema: priceBookSchema, tree, written: new Map<string, string>() };
    return refuse(shapeProblems(parsed.error.issues, validated).map(placed));
  }
  const disorder = bookOrder(parsed.data);
  if (disorder.length > 0) return refuse(disorder.map(placed));
  const { version, models } = parsed.data;
  const lines = Object.fromEntries(
    Object.entries(models).map(([model, dated]) => [model, dated.map(lineOfBook(path))]),
  );
  return { ok: true, value: new PriceBook({ path, version, lines }), warnings: [] };
}

type LineShape = PriceBookShape["models"][string][number];

const lineOfBook =
  (path: string) =>
  ({ rates, bands, perRequest, perImage, from, until, ...rest }: LineShape): PriceLine => ({
    rates: figuresOf(rates),
    bands: bands.map((band) => [band.overTokens, figuresOf(band.rates)] as const),
    ...(perRequest === undefined ? {} : { perRequest }),
    ...(perImage === undefined ? {} : { perImage }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    isRegional: rest.isRegional,
    source: rest.source ?? path,
    confidence: rest.confidence ?? null,
  });

const figuresOf = (rates: LineShape["rates"]): RateFigures => [
  rates.input,
  rates.output,
  rates.cacheRead,
  rates.cacheWrite5m,
  rates.cacheWrite1h,
];
