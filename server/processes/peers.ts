/** What processes of one host tell each other, beside what stands in the file. */
export interface Peers {
  /** Tells it to every other process, once; those that are started later do not hear of it. */
  publish(topic: string, data: unknown): void;
  /** What others publish under a topic. Of one topic there is one reader. */
  subscribe(topic: string, read: (data: unknown) => void): void;
  /** What every other process answers; whoever takes longer than a second is left out. */
  ask(topic: string, data?: unknown): Promise<readonly unknown[]>;
  /** What this process answers, at once or later; null is no answer. */
  answer(topic: string, make: (data: unknown) => unknown): void;
}

/** How a worker is doing, for everybody. */
export interface WorkerState {
  /** 1 … n: a process that is started again has the place of the one before. */
  readonly slot: number;
  readonly pid: number | null;
  readonly state: "starting" | "serving" | "stopped";
  readonly restarts: number;
}
