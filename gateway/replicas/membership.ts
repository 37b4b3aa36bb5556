import { isConflict } from "@sekisho/lib/storage/storage-failure.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { Member, MembershipStore } from "./membership-store.ts";

/** How often a process says that it lives, and looks whether the others do. */
export const beatMs = 1_000;

/** A process that has said nothing for so long is taken for dead. */
export const expiryMs = 10_000;

/** One that has looked at nobody for so long was held up itself, and starts to watch anew. */
const blindMs = 3_000;

export interface MembershipParts {
  readonly clock: Clock;
  readonly store: MembershipStore;
  readonly writer: Pick<Writer, "commit">;
  /** Names of processes, no two of them equal. */
  readonly newId: () => string;
  /**
   * Closes what a process has left open, of which nothing is accepted any more. Asked at each look
   * until `MembershipStore.forget` was committed.
   */
  readonly closeBooks: (id: string) => Promise<void>;
  /** This process was taken for dead, and goes on under another name with nothing in its hands. */
  readonly renamed: () => void;
  readonly failed: (error: unknown) => void;
}

interface Seen {
  readonly beat: number;
  readonly sinceMs: number;
}

/**
 * This process among those that share the books. Each writes a number that grows; one whose number
 * has stood still for `expiryMs`, on the clock of whoever looks, is ended: from that commit on the
 * store takes nothing of it, so that no clock of two processes has to agree.
 */
export class Membership implements Disposable {
  readonly #parts: MembershipParts;
  readonly #seen = new Map<string, Seen>();
  #id: string;
  #beat = 0;
  #living: readonly string[] = [];
  #lookedMs = -Infinity;
  #timer: Timer | null = null;
  #isOver = false;

  private constructor(parts: MembershipParts, id: string) {
    this.#parts = parts;
    this.#id = id;
    this.#living = [id];
  }

  /** Resolves when this process is a member. Rejects when the store is unavailable. */
  static async join(parts: MembershipParts): Promise<Membership> {
    const membership = new Membership(parts, parts.newId());
    await parts.writer.commit([parts.store.join(membership.#id)], "power");
    membership.#look();
    membership.#arm();
    return membership;
  }

  /** The name under which this process writes. */
  get id(): string {
    return this.#id;
  }

  /** How many live, this one included. */
  get size(): number {
    return Math.max(1, this.#living.length);
  }

  /** Does the store take anything of this process? */
  get isMember(): boolean {
    return this.#parts.store.members().some(({ id, isEnded }) => id === this.#id && !isEnded);
  }

  /** Does this process do what one of them has to do? The one that has been there longest. */
  get leads(): boolean {
    return this.#living[0] === this.#id;
  }

  /** Somebody has seen a process die: nobody waits for its number to stand still. */
  async died(id: string): Promise<void> {
    const member = this.#parts.store.members().find((each) => each.id === id);
    if (member !== undefined && id !== this.#id) await this.#end(member);
  }

  /** Nothing more is said; whoever looks closes the books of this process in `expiryMs`. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  /** Ends this process's own membership, when nothing of it is open. */
  async leave(): Promise<void> {
    this[Symbol.dispose]();
    const { store, writer, closeBooks } = this.#parts;
    await writer.commit([store.end({ id: this.#id, beat: this.#beat })], "process");
    await closeBooks(this.#id);
  }

  /** Says that this process lives, and looks at the others. Never rejects. */
  async look(): Promise<void> {
    const { store, writer, failed } = this.#parts;
    try {
      await writer.commit([store.beat(this.#id, this.#beat + 1)], "process");
      this.#beat += 1;
      const members = this.#look();
      if (!this.isMember) await this.#rejoin();
      for (const member of members) await this.#tend(member);
    } catch (error) {
      if (!this.#isOver) failed(error);
    }
  }

  #arm(): void {
    this.#timer = this.#parts.clock.after(beatMs, () => {
      void this.look().finally(() => {
        if (!this.#isOver) this.#arm();
      });
    });
  }

  #look(): readonly Member[] {
    const { clock, store } = this.#parts;
    const nowMs = clock.monotonicMs();
    const members = store.members();
    if (nowMs - this.#lookedMs > blindMs) this.#seen.clear();
    this.#lookedMs = nowMs;
    for (const { id, beat } of members) {
      if (this.#seen.get(id)?.beat !== beat) this.#seen.set(id, { beat, sinceMs: nowMs });
    }
    this.#living = members.filter(({ isEnded }) => !isEnded).map(({ id }) => id);
    for (const id of this.#seen.keys()) {
      if (!members.some((member) => member.id === id)) this.#seen.delete(id);
    }
    return members;
  }

  async #tend(member: Member): Promise<void> {
    const { clock, closeBooks } = this.#parts;
    if (member.id === this.#id) return;
    if (member.isEnded) return await closeBooks(member.id);
    const sinceMs = this.#seen.get(member.id)?.sinceMs ?? Infinity;
    if (clock.monotonicMs() - sinceMs >= expiryMs) await this.#end(member);
  }

  async #end(member: Member): Promise<void> {
    const { store, writer, closeBooks } = this.#parts;
    try {
      if (!member.isEnded) await writer.commit([store.end(member)], "power");
    } catch (error) {
      // It has said something since, or another process has ended it.
      if (isConflict(error)) return;
      throw error;
    }
    await closeBooks(member.id);
  }

  async #rejoin(): Promise<void> {
    const { store, writer, newId, renamed } = this.#parts;
    const id = newId();
    await writer.commit([store.join(id)], "power");
    this.#id = id;
    this.#beat = 0;
    renamed();
    this.#look();
  }
}
