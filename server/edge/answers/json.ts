import type { Exchange } from "@sekisho/lib/http/exchange.ts";

const jsonHeaders: readonly string[] = ["content-type", "application/json"];

/** Answers with one JSON document. Amounts that do not fit a number are decimal strings. */
export function respondJson(exchange: Exchange, status: number, body: unknown): void {
  exchange.respond(status, jsonHeaders, JSON.stringify(body, decimalStrings));
}

const decimalStrings = (_key: string, value: unknown): unknown =>
  typeof value === "bigint" ? value.toString() : value;
