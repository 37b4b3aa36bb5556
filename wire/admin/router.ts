import type { Parsed } from "../result.ts";
import { readQuery } from "./_query.ts";
import type { NanoUsdJson } from "./usage.ts";

/** One thing that spoke for or against a simple request. */
export interface RoutedSignal {
  readonly name: string;
  /** Below zero for a simple request, above it for a strong one. */
  readonly points: number;
  /** Of the rule's lists, by which it was found; never the client's own text. */
  readonly word: string | null;
}

/** A call whose model's name left a choice, and what it was led to. */
export interface RoutedCall {
  readonly id: string;
  /** When it ended, in epoch milliseconds. */
  readonly atMs: number;
  /** As the client named it. */
  readonly alias: string;
  /** The alias that served it. */
  readonly to: string;
  readonly model: string | null;
  readonly complexity: "simple" | "strong";
  readonly points: number;
  readonly signals: readonly RoutedSignal[];
  readonly outcome: string;
  readonly costNanoUsd: NanoUsdJson;
}

/** How calls of one name were divided. */
export interface RoutedAlias {
  readonly alias: string;
  readonly to: string;
  readonly complexity: "simple" | "strong";
  readonly calls: number;
  readonly costNanoUsd: NanoUsdJson;
}

/** In how many calls a signal was found, by what they were taken for. */
export interface RoutedSignalCount {
  readonly name: string;
  readonly simple: number;
  readonly strong: number;
}

/** `GET /admin/router`: of the latest calls, those that were led by what they ask for (RTE-5). */
export interface RouterView {
  /** The calls that were looked at, the latest there are. */
  readonly looked: number;
  readonly aliases: readonly RoutedAlias[];
  /** The most frequent first. */
  readonly signals: readonly RoutedSignalCount[];
  /** The newest first, some of them. */
  readonly latest: readonly RoutedCall[];
}

/** Reads the query of `GET /admin/router`: the tenant whose calls are looked at; null: all. */
export function parseRouterQuery(query: string): Parsed<string | null, "invalid_value"> {
  const read = readQuery(query, ["tenant"]);
  return read.ok ? { ok: true, value: read.value.get("tenant") ?? null } : read;
}
