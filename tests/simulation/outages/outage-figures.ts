import type { Region } from "./steady-config.ts";
import type { SeenCall } from "./steady-providers.ts";
import type { LoadAnswer, SteadyWorld } from "./steady-world.ts";

/** From the one moment on, up to the other. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Shares are looked at over so long. */
const shareWindowMs = 10_000;
/** A share counts as full from here on: the load is steady, but not endless. */
const nearlyFull = 0.9;

const within =
  ({ fromMs, toMs }: Span) =>
  ({ atMs }: { readonly atMs: number }): boolean =>
    atMs >= fromMs && atMs < toMs;

/** What a world came to, counted by its providers and its clients and not by the gateway. */
export class OutageFigures {
  readonly #calls: readonly SeenCall[];
  readonly #answers: readonly LoadAnswer[];

  constructor({ calls, answers }: Pick<SteadyWorld, "calls" | "answers">) {
    this.#calls = calls;
    this.#answers = answers;
  }

  answers(span: Span): readonly LoadAnswer[] {
    return this.#answers.filter(within(span));
  }

  errors(span: Span): number {
    return this.answers(span).filter(({ isGood }) => !isGood).length;
  }

  /** Answers to requests of which no provider has heard. */
  refused(span: Span): readonly LoadAnswer[] {
    const asked = new Set(this.#calls.map(({ n }) => n));
    return this.answers(span).filter(({ n }) => !asked.has(n));
  }

  /** The share of requests that were answered well. */
  success(span: Span): number {
    return 1 - this.errors(span) / this.answers(span).length;
  }

  slowestMs(span: Span): number {
    return Math.max(...this.answers(span).map(({ tookMs }) => tookMs));
  }

  calls(span: Span, region?: Region): readonly SeenCall[] {
    const inSpan = this.#calls.filter(within(span));
    return region === undefined ? inSpan : inSpan.filter(({ provider }) => provider === region);
  }

  firsts(span: Span, region?: Region): number {
    return this.calls(span, region).filter(({ isRetry }) => !isRetry).length;
  }

  /** Calls that providers got for each request that got to one of them. */
  amplification(span: Span): number {
    return this.calls(span).length / this.firsts(span);
  }

  /** The part of all first attempts that a region gets. */
  share(region: Region, span: Span): number {
    return this.firsts(span, region) / this.firsts(span);
  }

  /** How long after that moment a region first serves a call; Infinity when it never does. */
  servesAfterMs(region: Region, fromMs: number): number {
    const calls = this.calls({ fromMs, toMs: Infinity }, region);
    const served = calls.find(({ fate }) => fate === "answers");
    return (served?.atMs ?? Infinity) - fromMs;
  }

  /** How long after that moment a region has its share, and keeps it until `toMs`. */
  hasShareAfterMs(region: Region, { fromMs, toMs }: Span, share: number): number {
    let sinceMs = Infinity;
    for (let atMs = fromMs; atMs + shareWindowMs <= toMs; atMs += 1_000) {
      const isFull =
        this.share(region, { fromMs: atMs, toMs: atMs + shareWindowMs }) >= nearlyFull * share;
      sinceMs = isFull ? Math.min(sinceMs, atMs) : Infinity;
    }
    return sinceMs - fromMs;
  }
}

/** Figures as the line of a report: a name and its value each. */
export const inWords = (figures: Readonly<Record<string, number>>): string =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${Number(value.toFixed(4))}`)
    .join(", ");
