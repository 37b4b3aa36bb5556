import type { Clock } from "../../time/clock.ts";
import { BatchPace } from "../commits/batch-pace.ts";
import type { GroupCommit } from "../commits/group-commit.ts";
import type { Durability, Write } from "../writer.ts";
import { markedWrites, type AheadLog } from "./ahead-log.ts";

/** The database answers: nobody goes ahead of one that has not for so long. */
const promptMs = 100;

interface Waiting {
  readonly writes: readonly Write[];
  readonly resolve: () => void;
  readonly reject: (failure: unknown) => void;
}

/**
 * Commits that need no answer of the database go ahead of it: those of one turn become one block of
 * a log, from which they are durable, and owed to the database from then on like what is enqueued.
 *
 * A lone commit so takes 15 us instead of the 120 of two messages between threads and a
 * transaction; and what is undone before the database has heard of it, it never hears of.
 */
export class AheadCommits {
  readonly #clock: Clock;
  readonly #group: GroupCommit;
  readonly #log: AheadLog;
  readonly #pace: BatchPace;
  #waiting: Waiting[] = [];
  #writeCount = 0;

  constructor(clock: Clock, group: GroupCommit, log: AheadLog) {
    this.#clock = clock;
    this.#group = group;
    this.#log = log;
    this.#pace = new BatchPace(clock);
  }

  /** Null where the database itself has to answer. */
  commit(writes: readonly Write[], durability: Durability): Promise<void> | null {
    const group = this.#group;
    const isCertain = writes.length > 0 && writes.every((write) => write.isCertain === true);
    if (durability !== "process" || !isCertain) return null;
    const count = this.#writeCount + writes.length;
    if (!group.isPrompt(promptMs) || !group.hasRoom(count)) return null;
    this.#writeCount = count;
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ writes, resolve, reject }) === 1) this.#later();
    });
  }

  /** At once, what waits for the end of the turn. */
  readonly flush = (): void => {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.#writeCount = 0;
    const writes: Write[] = [];
    for (const each of waiting) for (const write of each.writes) writes.push(aheadOf(write));
    const group = this.#group;
    const place = group.isOpen ? this.#log.append(writes) : null;
    if (place === null) {
      for (const { writes: own, resolve, reject } of waiting) {
        group.commit(own, "process").then(resolve, reject);
      }
      return;
    }
    this.#pace.sent(waiting.length);
    const marked = markedWrites(this.#log.name, { place, writes });
    group.enqueue(marked, () => this.#log.applied(place));
    for (const { resolve } of waiting) resolve();
  };

  #later(): void {
    const waitMs = this.#pace.waitMs();
    if (waitMs === 0) this.#clock.soon(this.flush);
    else this.#clock.after(waitMs, this.flush);
  }
}

const aheadOf = (write: Write): Write => {
  const { aheadSql, params, passing } = write;
  if (aheadSql === undefined) return write;
  return { sql: aheadSql, params, ...(passing === undefined ? {} : { passing }) };
};
