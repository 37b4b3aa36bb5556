import assert from "node:assert/strict";
import type { Clock } from "../../time/clock.ts";
import { SystemClock } from "../../time/system-clock.ts";
import type { EgressRefusal, FetchAsk, Fetched } from "../egress.ts";
import { defaultEgressGuardOptions, EgressGuard } from "../egress/egress-guard.ts";
import {
  defaultGuardedFetchOptions,
  GuardedFetch,
  type GuardedFetchOptions,
} from "../egress/guarded-fetch.ts";
import type { Resolver } from "../resolver.ts";
import type { RawPeer } from "./raw-peer.ts";

const noNames: Resolver = { lookup: async () => [] };

export interface FetchSetting {
  readonly allow?: readonly string[];
  readonly resolver?: Resolver;
  readonly clock?: Clock;
  readonly options?: Partial<GuardedFetchOptions>;
}

export function fetchOf(setting: FetchSetting): GuardedFetch {
  const { allow = [], resolver = noNames, clock = new SystemClock(), options } = setting;
  const guard = new EgressGuard({ resolver, clock }, { ...defaultEgressGuardOptions, allow });
  return new GuardedFetch({ guard, clock }, { ...defaultGuardedFetchOptions, ...options });
}

export const ask = (over: Partial<FetchAsk> = {}): FetchAsk => ({
  party: "one",
  signal: new AbortController().signal,
  maxBytes: 1_000,
  admit: () => null,
  ...over,
});

export const authority = (peer: RawPeer): string => new URL(peer.origin).host;

export const refusalOf = (outcome: Fetched | EgressRefusal): EgressRefusal => {
  assert.ok(!outcome.ok, "something was fetched");
  return outcome;
};
