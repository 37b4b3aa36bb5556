import type { CircuitState } from "./circuits.ts";

/** `GET /health`: what is known of every part, from the last calls that used it. */
export interface HealthReport {
  /** Degraded: a provider or a model is out of use, or calls are refused for the load. */
  readonly status: "ok" | "degraded" | "draining" | "store_unavailable";
  readonly providers: Readonly<Record<string, ProviderHealth>>;
  /** Are answers of some model given again, where a request says so or where it says nothing? */
  readonly cache: { readonly enabled: boolean };
  readonly store: { readonly available: boolean };
  readonly load: {
    /** 0 while every call is taken. */
    readonly level: number;
    /** The classes of calls that are refused now. */
    readonly refused: readonly string[];
    readonly lagMs: number;
    readonly heapShare: number;
    readonly queueAgeMs: number;
  };
  /** Where several serve: each of them. The rest of the report is of the one that answers. */
  readonly processes?: readonly ProcessHealth[];
}

export interface ProcessHealth {
  readonly slot: number;
  readonly pid: number | null;
  readonly state: "starting" | "serving" | "stopped";
  /** How often it was started again since the server's start. */
  readonly restarts: number;
}

export interface ProviderHealth {
  readonly available: boolean;
  readonly circuitBreakerState: CircuitState;
  /** Said of drained ones alone. */
  readonly drained?: true;
}
