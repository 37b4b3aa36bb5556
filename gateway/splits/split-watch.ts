import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { SplitChoice } from "../model-entry.ts";
import type { ArmBooks } from "./arm-books.ts";
import { judgeSplit, type Verdict } from "./judge-split.ts";
import { rollback, step, type SplitChange } from "./split-change.ts";
import type { SplitState } from "./split-state.ts";
import type { Splits } from "./splits.ts";

/** So often the arms are judged. */
const lookMs = 1_000;
const forgetMs = 60_000;

/** Who makes the changes that nobody has ordered. */
export const automatic = "automatic";

export interface SplitWatchParts {
  readonly clock: Clock;
  readonly splits: Pick<Splits, "stateOf" | "change" | "refresh">;
  readonly books: Pick<ArmBooks, "counts" | "forgetOld">;
  readonly writer: Pick<Writer, "enqueue">;
  /** Those of the configuration in force. */
  readonly configured: () => readonly SplitChoice[];
  /** Of several processes one judges. */
  readonly leads: () => boolean;
  readonly newRequestId: () => string;
  /** The audit row of a change, which is durable together with it … */
  readonly audited: (deed: SplitDeed) => Write;
  /** … and what is told of it then. */
  readonly told: (deed: SplitDeed) => void;
  readonly failed: (error: unknown) => void;
}

/** What nobody has ordered. */
export interface SplitDeed extends Pick<SplitChange, "event" | "arm"> {
  readonly split: string;
  readonly by: string;
  readonly requestId: string;
}

/** Rolls back arms whose calls fail, and takes canaries to their next step (RTE-4). */
export class SplitWatch implements Disposable {
  readonly #parts: SplitWatchParts;
  #timer: Timer;
  #forgetAtMs = -Infinity;
  #isOver = false;

  constructor(parts: SplitWatchParts) {
    this.#parts = parts;
    this.#timer = this.#arm();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#timer.cancel();
  }

  /** Never rejects: what could not be done now is done at the next look. */
  async look(): Promise<void> {
    const { configured, leads } = this.#parts;
    await this.#tried(() => {
      if (leads()) this.#forget();
    });
    for (const split of configured()) {
      // One that cannot be judged is not in the way of the others.
      await this.#tried(async () => {
        if (leads()) await this.#judge(split);
      });
    }
  }

  async #tried(act: () => void | Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!this.#isOver) this.#parts.failed(error);
    }
  }

  #arm(): Timer {
    return this.#parts.clock.after(lookMs, () => {
      void this.look().finally(() => {
        if (!this.#isOver) this.#timer = this.#arm();
      });
    });
  }

  #forget(): void {
    const { clock, books, writer } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (nowMs < this.#forgetAtMs) return;
    this.#forgetAtMs = nowMs + forgetMs;
    writer.enqueue(books.forgetOld(clock.wallMs()));
  }

  async #judge(split: SplitChoice): Promise<void> {
    const { splits, newRequestId, audited, told } = this.#parts;
    splits.refresh();
    if (this.#verdictOn(split, splits.stateOf(split.split)) === null) return;
    const requestId = newRequestId();
    const row = await splits.change(
      split,
      (standing) => {
        // Somebody else may have been faster: then it is judged by what is in force since.
        const verdict = this.#verdictOn(split, standing.state);
        if (verdict === null) return null;
        return verdict.kind === "step"
          ? step(standing)
          : rollback(standing, verdict.arm, verdict.why);
      },
      {
        by: automatic,
        requestId,
        also: ({ event, arm }) => [
          audited({ split: split.split, event, arm, by: automatic, requestId }),
        ],
      },
    );
    if (row !== null) told(row);
  }

  #verdictOn(split: SplitChoice, state: SplitState): Verdict | null {
    const { clock, books } = this.#parts;
    if (split.rollback === null && state.canary?.state !== "running") return null;
    const nowMs = clock.wallMs();
    const windowMs = split.rollback?.windowMs ?? 0;
    const counts = books.counts({ split: split.split, phase: state.phase, windowMs, nowMs });
    return judgeSplit({ split, state, counts, nowMs });
  }
}
