import type { DrillServer } from "./drill-server.ts";

/** What was to be shown, and what came of it. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  readonly limit: string;
  readonly isMet: boolean;
}

export interface DrillReport {
  /** For scripts: numbers with their units in their names. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

/** A number that a drill takes from the command line. */
export interface DrillOption {
  readonly about: string;
  readonly standard: number;
  readonly min: number;
  readonly max: number;
}

export interface DrillContext {
  readonly server: DrillServer;
  /** The value of each of the drill's options. */
  readonly option: (name: string) => number;
  /** The values of its options that are texts; null where they were not given. */
  readonly text: (name: string) => string | null;
  /** One line for people, while it goes on. */
  readonly say: (line: string) => void;
  /** Somebody wants it to end: what the drill made fail is mended first. */
  readonly stop: AbortSignal;
}

/** What all drills have. */
export interface DrillForm {
  readonly about: string;
  readonly options: Readonly<Record<string, DrillOption>>;
  readonly texts?: Readonly<Record<string, string>>;
}

/** One of a server that runs. */
export interface Drill extends DrillForm {
  run(context: DrillContext): Promise<DrillReport>;
}

/** One that starts a server with a configuration of its own. */
export interface OwnDrill extends DrillForm {
  runOwn(context: Omit<DrillContext, "server">): Promise<DrillReport>;
}
