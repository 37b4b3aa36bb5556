import { createContext, use, useSyncExternalStore } from "react";
import { everySecond, nowMs } from "../browser/clock.ts";
import type { LiveState } from "./live-state.ts";
import type { LiveStore } from "./live-store.ts";

export const LiveContext = createContext<LiveStore | null>(null);

export interface Live {
  readonly state: LiveState;
  /** Changes with every frame; 0 before the first. */
  readonly version: number;
}

/** The live state; the component renders with every frame. */
export function useLive(): Live {
  const store = use(LiveContext);
  if (store === null) throw new Error("Cannot read the live state: no LiveContext is above");
  const version = useSyncExternalStore(store.subscribe, store.version);
  return { state: store.state, version };
}

const wholeSeconds = (): number => Math.floor(nowMs() / 1_000);

/** Whole seconds since an instant of `nowMs`; the component renders as it grows. */
export function useAgeS(atMs: number): number {
  useSyncExternalStore(everySecond, wholeSeconds);
  return Math.max(0, Math.floor((nowMs() - atMs) / 1_000));
}
