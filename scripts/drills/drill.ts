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

export interface Drill {
  readonly about: string;
  readonly options: Readonly<Record<string, DrillOption>>;
  readonly texts?: Readonly<Record<string, string>>;
  run(context: DrillContext): Promise<DrillReport>;
}
