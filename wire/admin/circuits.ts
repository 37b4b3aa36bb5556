import type { Parsed } from "../result.ts";
import { Fields, type FieldCode } from "./_fields.ts";

/** What a circuit guards: one target, all targets of a provider's region, or of a credential. */
export type CircuitLevel = "target" | "region" | "credential";

export type CircuitState = "closed" | "open" | "half_open";

/** The higher the worse: what the metric says. */
export const circuitSeverity: Readonly<Record<CircuitState, number>> = {
  closed: 0,
  half_open: 1,
  open: 2,
};

/** A circuit in one of several processes, each of which judges by the calls that it makes. */
export interface CircuitOfProcess {
  /** Its place, as `GET /health` lists it. */
  readonly process: number;
  readonly state: CircuitState;
  readonly forced: "open" | "closed" | null;
  readonly recentFailures: number;
  readonly retryInMs: number | null;
  readonly share: number;
}

/** A circuit, as operators see it: of several processes, in the one that is worst off. */
export interface CircuitView {
  readonly level: CircuitLevel;
  /** What the commands of an operator name it by. */
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  /** Null where the circuit is of no single one, or the provider wants none. */
  readonly credential: string | null;
  readonly model: string | null;
  /**
   * The models of the configuration that it is kept for, where others rest the same target by other
   * settings; null for the only circuit of its id.
   */
  readonly aliases: readonly string[] | null;
  readonly state: CircuitState;
  /** The state that an administrator holds it in. */
  readonly forced: "open" | "closed" | null;
  /** Is its region or provider taken out of use by an administrator? */
  readonly isDrained: boolean;
  readonly recentFailures: number;
  readonly failureThreshold: number;
  readonly recoveryTimeoutS: number;
  /** Until calls may try it again; null while they may, and while it is forced open. */
  readonly retryInMs: number | null;
  /**
   * The share of its calls that it takes: less than 1 while it starts slowly after recovery, 0
   * while it is open or drained.
   */
  readonly share: number;
  /** In each process that has answered; absent where there is one. */
  readonly processes?: readonly CircuitOfProcess[];
}

/** A provider as a whole: what its circuit is that is worst off (REF-6). */
export interface ServiceStatus {
  /** The provider's name. */
  readonly service: string;
  readonly state: CircuitState;
  readonly recentFailures: number;
  readonly failureThreshold: number;
  readonly recoveryTimeoutS: number;
}

/** A circuit changed its state. */
export interface CircuitChange {
  readonly level: CircuitLevel;
  readonly id: string;
  readonly provider: string;
  readonly region: string;
  /** Null where the circuit is of no single one. */
  readonly credential: string | null;
  readonly model: string | null;
  readonly from: CircuitState;
  readonly to: CircuitState;
  /** Why it opened: the code of the last failure, or `probe`. Null for other changes. */
  readonly cause: string | null;
  /** Failures within the window that the circuit looks at. */
  readonly recentFailures: number;
  /** Until calls may try it again; null while it is not open, or held open. */
  readonly retryInMs: number | null;
  /** Was it an administrator? */
  readonly isForced: boolean;
  readonly atMs: number;
  /** In which of several processes; absent where there is one. */
  readonly process?: number;
}

/** `GET /admin/circuits` */
export interface CircuitList {
  readonly circuits: readonly CircuitView[];
  /** One for each provider that has circuits. */
  readonly services: readonly ServiceStatus[];
  /** Regions and providers that are taken out of use. */
  readonly drained: readonly string[];
  /** The latest changes, oldest first. */
  readonly changes: readonly CircuitChange[];
}

/** What an administrator may do to a circuit. */
export const circuitCommands = ["force-open", "force-close", "reset"] as const;

export type CircuitCommand = (typeof circuitCommands)[number];

/** `POST /admin/circuits/{id}` */
export interface CircuitCommandRequest {
  readonly command: CircuitCommand;
}

const anyCommand = { pattern: /^[a-z-]{1,32}$/, says: `one of ${circuitCommands.join(", ")}` };

export function parseCircuitCommand(body: unknown): Parsed<CircuitCommandRequest, FieldCode> {
  const fields = new Fields(body, ["command"]);
  fields.required("command", anyCommand);
  return fields.done({ command: fields.choice("command", circuitCommands, "reset") });
}
