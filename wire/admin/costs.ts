import type { Parsed } from "../result.ts";
import { Fields, type FieldCode } from "./_fields.ts";

/** Tokens of one request; `input` holds none of the cached ones. */
export interface AskedTokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** Images of the prompt: some prices charge them beside their tokens. */
  readonly images: number;
  /** At the discount of batches. */
  readonly batch: boolean;
}

/** Body of `POST /admin/cost`: what requests would cost that are not sent. */
export interface CostRequest extends AskedTokens {
  /** Names of the configuration or of the price book; empty: every name of the configuration. */
  readonly models: readonly string[];
  /** 0: one request alone. */
  readonly requestsPerDay: number;
  readonly days: number;
}

/** What it costs with one model, in exact US dollars. */
export interface CostLine {
  readonly model: string;
  readonly costUsd: string;
  readonly priceVersion: string;
  /** Null without `requestsPerDay`. */
  readonly dayUsd: string | null;
  readonly totalUsd: string | null;
}

export interface CostView {
  readonly tokens: AskedTokens;
  readonly requestsPerDay: number;
  readonly days: number;
  /** The cheapest first. */
  readonly costs: readonly CostLine[];
  /** Asked for, and without a price. */
  readonly unpriced: readonly UnpricedLine[];
}

/** A model without a price, and names with one that may have been meant, the likeliest first. */
export interface UnpricedLine {
  readonly model: string;
  readonly nearest: readonly string[];
}

const modelName = { pattern: /^[^\p{Cc}]{1,2048}$/u, says: "a model's name" };

const known = [
  "models",
  "input",
  "output",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite1h",
  "images",
  "batch",
  "requestsPerDay",
  "days",
];

/** What one request has when nobody says. */
const usualTokens = { input: 1_000, output: 500 };
const usualDays = 30;

export function parseCostRequest(body: unknown): Parsed<CostRequest, FieldCode> {
  const fields = new Fields(body, known);
  return fields.done({
    models: fields.list("models", modelName, []),
    input: fields.count("input", usualTokens.input),
    output: fields.count("output", usualTokens.output),
    cacheRead: fields.count("cacheRead", 0),
    cacheWrite5m: fields.count("cacheWrite5m", 0),
    cacheWrite1h: fields.count("cacheWrite1h", 0),
    images: fields.count("images", 0),
    batch: fields.flag("batch"),
    requestsPerDay: fields.count("requestsPerDay", 0),
    days: fields.count("days", usualDays),
  });
}
