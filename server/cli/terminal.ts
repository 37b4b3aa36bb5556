import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Exit } from "./exit-codes.data.ts";

/** Where a command writes and what it was started with: the process, or a test. */
export interface Terminal {
  /** Data, for people or scripts. */
  out(text: string): void;
  /** The same for data of any length: resolves when there is room for more. Default: `out`. */
  pour?(text: string): Promise<void>;
  /** Messages, never data. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** Ends a command with this exit code and a sentence on standard error. */
export const cliFailure = (
  exit: Exclude<Exit, "ok">,
  message: string,
  cause?: unknown,
): Failure<Exit> => new Failure<Exit>(exit, message, {}, cause);
