import type { Clock, Timer } from "./clock.ts";

const slotMs = 10;
const slotCount = 1024;
/** Absorbs rounding of `origin + n * slotMs`; `#fireDue` still compares the exact times. */
const roundingSlots = 1e-6;

/**
 * Told when a deadline has passed; it is disarmed by then and may be armed again. Must not throw.
 */
export interface DeadlineOwner {
  deadlinePassed(deadline: Deadline): void;
}

/** One re-armable deadline: made once per owner and purpose, never per `arm`. */
export class Deadline {
  readonly owner: DeadlineOwner;
  /** Monotonic; Infinity while disarmed. Only the wheel writes it, and the fields below. */
  atMs = Infinity;
  slot = -1;
  previous: Deadline | null = null;
  next: Deadline | null = null;

  constructor(owner: DeadlineOwner) {
    this.owner = owner;
  }
}

/**
 * All deadlines that are armed again and again (idle time-outs, heartbeats) behind one timer.
 * Never early, at most 20 ms late on a clock that is on time. Arming later than before only writes
 * a number: the deadline stays in its slot and moves on when the slot comes up.
 */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #originMs: number;
  readonly #slots: (Deadline | null)[] = Array.from({ length: slotCount }, () => null);
  readonly #onTick = (): void => this.#tick();
  #armed = 0;
  /** The last slot number that was emptied. */
  #done = 0;
  #isTicking = false;
  #timer: Timer | null = null;
  #timerSlot = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#originMs = clock.monotonicMs();
  }

  /** How many deadlines are armed. */
  get armed(): number {
    return this.#armed;
  }

  /** Arms or re-arms; a delay that is not positive passes within 20 ms. Infinity disarms. */
  arm(deadline: Deadline, delayMs: number): void {
    this.armAt(deadline, this.#clock.monotonicMs() + (delayMs > 0 ? delayMs : 0));
  }

  /** As `arm`, for who knows the monotonic time at which it is to pass: mostly asks no clock. */
  armAt(deadline: Deadline, atMs: number): void {
    if (atMs === Infinity) return this.cancel(deadline);
    deadline.atMs = atMs;
    // In the midst of a tick slots are still being emptied: one that is more than a round ahead
    // of them would stand in the one at hand, and never leave it.
    if (this.#armed === 0 && !this.#isTicking) this.#done = this.#slotAt(this.#clock.monotonicMs());
    const slot = this.#slotFor(deadline);
    if (deadline.slot !== -1) {
      if (deadline.slot <= slot) return;
      this.#unlink(deadline);
    }
    this.#link(deadline, slot);
    if (slot < this.#timerSlot) this.#schedule(slot, this.#clock.monotonicMs());
  }

  /** Does nothing when the deadline is not armed. */
  cancel(deadline: Deadline): void {
    deadline.atMs = Infinity;
    // The clock's timer stays, for at most ten seconds: one deadline per request comes and goes.
    if (deadline.slot !== -1) this.#unlink(deadline);
  }

  #tick(): void {
    this.#timer = null;
    this.#timerSlot = Infinity;
    const nowMs = this.#clock.monotonicMs();
    const reached = this.#slotAt(nowMs);
    const first = Math.max(this.#done + 1, reached - slotCount + 1);
    this.#isTicking = true;
    for (let slot = first; slot <= reached; slot++) {
      this.#done = slot;
      this.#fireDue(slot, nowMs);
    }
    this.#isTicking = false;
    this.#scheduleNext(nowMs);
  }

  #fireDue(slot: number, nowMs: number): void {
    for (;;) {
      const deadline = this.#slots[slot % slotCount] ?? null;
      if (deadline === null) return;
      this.#unlink(deadline);
      if (deadline.atMs > nowMs) {
        this.#link(deadline, this.#slotFor(deadline));
        continue;
      }
      deadline.atMs = Infinity;
      deadline.owner.deadlinePassed(deadline);
    }
  }

  #scheduleNext(nowMs: number): void {
    if (this.#armed === 0) return;
    for (let slot = this.#done + 1; slot < this.#done + slotCount; slot++) {
      if (this.#slots[slot % slotCount] === null) continue;
      if (slot < this.#timerSlot) this.#schedule(slot, nowMs);
      return;
    }
  }

  #schedule(slot: number, nowMs: number): void {
    this.#timer?.cancel();
    this.#timerSlot = slot;
    this.#timer = this.#clock.after(this.#originMs + slot * slotMs - nowMs, this.#onTick);
  }

  #slotAt(nowMs: number): number {
    return Math.floor((nowMs - this.#originMs) / slotMs + roundingSlots);
  }

  /** Where to look at the deadline next: its own slot, or the farthest one there is. */
  #slotFor(deadline: Deadline): number {
    const own = Math.ceil((deadline.atMs - this.#originMs) / slotMs);
    return Math.min(Math.max(own, this.#done + 1), this.#done + slotCount - 1);
  }

  #link(deadline: Deadline, slot: number): void {
    const head = this.#slots[slot % slotCount] ?? null;
    deadline.slot = slot;
    deadline.next = head;
    if (head !== null) head.previous = deadline;
    this.#slots[slot % slotCount] = deadline;
    this.#armed += 1;
  }

  #unlink(deadline: Deadline): void {
    const { previous, next } = deadline;
    if (previous === null) this.#slots[deadline.slot % slotCount] = next;
    else previous.next = next;
    if (next !== null) next.previous = previous;
    deadline.previous = null;
    deadline.next = null;
    deadline.slot = -1;
    this.#armed -= 1;
  }
}
