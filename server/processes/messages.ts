import type { WorkerState } from "./peers.ts";

/** What a worker is started with. */
export interface WorkerStart {
  readonly slot: number;
  /** The data folder, which the supervisor holds. */
  readonly folder: string;
  /** Of the one simulator of all workers; null where none runs. */
  readonly simulatorUrl: string | null;
  /** Where the others listen already; null: this one finds free ones. */
  readonly ports: WorkerPorts | null;
  /** For crash tests: see `SqliteWriterOptions`. Of all that are started the first has it. */
  readonly crashAt: number | null;
}

export interface WorkerPorts {
  readonly api: number;
  readonly admin: number;
}

export interface WorkerReady {
  readonly addresses: { readonly api: string; readonly admin: string };
  readonly ports: WorkerPorts;
  readonly hasConsole: boolean;
}

export type WorkerSignal = "SIGTERM" | "SIGINT" | "SIGHUP";

export type ToWorker =
  | { readonly kind: "start"; readonly start: WorkerStart }
  | { readonly kind: "signal"; readonly signal: WorkerSignal }
  /** To be answered: whoever does not is ended. */
  | { readonly kind: "ping" }
  /** The member of the group that a process was which has died. */
  | { readonly kind: "died"; readonly member: string }
  | { readonly kind: "workers"; readonly workers: readonly WorkerState[] }
  | { readonly kind: "published"; readonly topic: string; readonly data: unknown }
  | {
      readonly kind: "asked";
      readonly from: number;
      readonly id: number;
      readonly topic: string;
      readonly data: unknown;
    }
  | { readonly kind: "answered"; readonly id: number; readonly data: unknown };

export type ToSupervisor =
  /** Its code runs; it waits for its start. */
  | { readonly kind: "here" }
  | { readonly kind: "ready"; readonly ready: WorkerReady }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "pong" }
  | { readonly kind: "member"; readonly member: string }
  | { readonly kind: "publish"; readonly topic: string; readonly data: unknown }
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly topic: string;
      readonly data: unknown;
    }
  | {
      readonly kind: "answer";
      readonly to: number;
      readonly id: number;
      readonly data: unknown;
    };
