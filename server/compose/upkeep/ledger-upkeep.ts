import { dropOldest, type LedgerDrop } from "@sekisho/gateway/ledger/drop-days.ts";
import { leftErasures, openErasures, type Erasure } from "@sekisho/gateway/ledger/erase-names.ts";
import { dayMs, sealDays, sealWrite } from "@sekisho/gateway/ledger/ledger-days.ts";
import { lastMarkMs, markLedger } from "@sekisho/gateway/ledger/ledger-marks.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Membership } from "@sekisho/gateway/replicas/membership.ts";
import { hexOf } from "@sekisho/lib/storage/chains/chain-hash.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import { SteadyWall } from "@sekisho/lib/time/steady-wall.ts";
import { erase, type ErasingPorts } from "./erasure.ts";
import { pauseOf } from "../process/pause.ts";

const lookMs = 60_000;
/** The first look goes on with what a crash has cut off. */
const firstLookMs = 1_000;
/** One of several that keeps nothing up sees soon when it is to. */
const waitMs = 2_000;

/** A clock that an hour has not set right is taken for right. */
const wallLimits = { leapMs: 3_600_000, believedAfterMs: 3_600_000 };

/** Steps of dropping in one look: 100,000 calls, 144 million a day. */
const dropsInLook = 200;

export interface LedgerUpkeepParts {
  readonly clock: Clock;
  readonly reader: Reader;
  readonly writer: Pick<Writer, "commit" | "flush">;
  readonly log: GatewayLog;
  readonly streams: ErasingPorts["streams"];
  readonly claims: ErasingPorts["claims"];
  readonly cache: ErasingPorts["cache"];
  /** How long calls are kept, in days that are over; null for ever. */
  readonly keepDays: () => number | null;
  /** This process among several on the file, of which one keeps it up; null where it is alone. */
  readonly member: Pick<Membership, "leads" | "id"> | null;
}

/**
 * Marks where the ledger ends, seals days that are over and drops old ones (MON-14), unless the
 * clock has leapt ahead of late; ends erasures that a crash has cut off (SEC-16).
 */
export class LedgerUpkeep implements Disposable {
  readonly #parts: LedgerUpkeepParts;
  readonly #wall: SteadyWall;
  /** Of a process before this one that was alone: what this one begins ends by itself. */
  #cutOff: readonly Erasure[];
  #timer: Timer;
  #isOver = false;

  constructor(parts: LedgerUpkeepParts) {
    this.#parts = parts;
    this.#wall = new SteadyWall(parts.clock, wallLimits, lastMarkMs(parts.reader));
    this.#cutOff = parts.member === null ? openErasures(parts.reader) : [];
    this.#timer = this.#arm(firstLookMs);
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#timer.cancel();
  }

  #arm(delayMs: number): Timer {
    return this.#parts.clock.after(delayMs, () => {
      this.#look()
        .catch((error: unknown) => {
          // Nothing is lost: the next look does what this one could not.
          if (!this.#isOver) this.#parts.log.error("the ledger was not kept up", { error });
        })
        .finally(() => {
          if (!this.#isOver) this.#timer = this.#arm(this.#isAtRest ? lookMs : waitMs);
        });
    });
  }

  /** Nothing is left over that is to be tried again soon. */
  get #isAtRest(): boolean {
    return this.#isMine && this.#cutOff.length === 0;
  }

  /** Is the file this process's to keep up? */
  get #isMine(): boolean {
    return this.#parts.member?.leads ?? true;
  }

  async #look(): Promise<void> {
    const { clock, reader, writer, log } = this.#parts;
    if (!this.#isMine) return;
    await this.#erase();
    const leapMs = this.#wall.look();
    const reason = `by ${Math.round(leapMs)} ms`;
    if (leapMs > 0) log.warn("the clock has leapt ahead", { reason });
    // Days that may not be there yet are neither marked, sealed nor counted.
    if (!this.#wall.isSteady) return;
    const nowMs = clock.wallMs();
    const marks = markLedger(reader, nowMs);
    if (marks.length > 0) await writer.commit(marks, "process");
    await this.#seal(nowMs);
    await this.#drop(nowMs);
  }

  async #erase(): Promise<void> {
    const { clock, reader, writer, log, streams, claims, cache, member } = this.#parts;
    const owner = member?.id ?? null;
    // One that failed stays this process's own, which no other takes from it.
    if (member !== null) this.#cutOff = [...this.#cutOff, ...leftErasures(reader)];
    for (const erasure of this.#cutOff) {
      const commit = (writes: readonly Write[]): Promise<void> => writer.commit(writes, "power");
      const { calls } = await erase(erasure, {
        reader,
        commit,
        pause: pauseOf(clock),
        written: () => writer.flush(),
        streams,
        claims,
        cache,
        owner,
      });
      log.info("an erasure that was cut off has ended", {
        object: erasure.pseudonym,
        count: calls,
      });
      this.#cutOff = this.#cutOff.filter((each) => each !== erasure);
    }
  }

  async #seal(nowMs: number): Promise<void> {
    const { reader, writer, log } = this.#parts;
    const days = sealDays(reader, nowMs);
    if (days.length === 0) return;
    await writer.commit(days.map(sealWrite), "power");
    for (const { day, seal } of days) {
      log.info("a day of the ledger is sealed", { object: String(day), auditHash: hexOf(seal) });
    }
  }

  async #drop(nowMs: number): Promise<void> {
    const { reader, writer, keepDays } = this.#parts;
    const kept = keepDays();
    if (kept === null) return;
    const beforeDay = Math.floor(nowMs / dayMs) - kept;
    for (let step = 0; step < dropsInLook && !this.#isOver; step++) {
      const next = dropOldest(reader, { beforeDay, nowMs });
      if (next === null) return;
      await writer.commit(next.writes, next.drop === null ? "process" : "power");
      if (next.drop !== null) this.#tellDrop(next.drop);
    }
  }

  #tellDrop({ day, hash }: LedgerDrop): void {
    const object = rfc3339(day * dayMs).slice(0, "2026-01-31".length);
    this.#parts.log.info("days of the ledger are dropped", { object, auditHash: hexOf(hash) });
  }
}
