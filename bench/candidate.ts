import type { ProgramPlan } from "./pinned-processes.ts";

export const candidateNames = ["direct", "haproxy", "nginx", "raw", "sekisho", "portkey"] as const;
export type CandidateName = (typeof candidateNames)[number];

/** Where a candidate stands: its port, the upstream's, and a private folder. */
export interface Site {
  readonly port: number;
  readonly upstreamPort: number;
  readonly folder: string;
  /** Connections it has to hold on each side. */
  readonly maxConnections: number;
  /** For candidates that are Node programs. */
  readonly nodeOptions: string;
}

export interface Candidate {
  readonly name: CandidateName;
  readonly port: number;
  /** Header lines its clients send. */
  readonly headers: readonly string[];
  /** Nothing to start when the client talks to the upstream itself. */
  readonly plan: ProgramPlan | undefined;
}
