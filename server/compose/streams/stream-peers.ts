import type { StreamGroup } from "@sekisho/gateway/responses/stream-group.ts";
import type { StreamOwners, StreamStore } from "@sekisho/gateway/responses/stream-store.ts";
import type { Streams } from "@sekisho/gateway/responses/streams.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Clock, Timer } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Peers } from "../../processes/peers.ts";

/** How often a process says again which streams of others it reads. */
const againMs = 2_000;
/** Of a process that was not heard of for so long nobody reads any more. */
const silentMs = 3 * againMs;

const topics = {
  readers: "stream.readers",
  cancel: "stream.cancel",
  remove: "stream.remove",
  erase: "stream.erase",
} as const;

/** Which streams of others a process reads: since now, no more, or all of them. */
interface Readers {
  readonly from: number;
  readonly what: "begun" | "left" | "all";
  readonly ids: readonly string[];
}

type Cancelled = "cancelled" | "ended" | "elsewhere";
type Removed = "removed" | "elsewhere";
/** What was taken away. Null would be no answer: see `Peers`. */
type ErasedIds = readonly string[] | "failed";

/** This process among those of the host. */
export interface OwnPlace {
  readonly slot: number;
  /** How many others there are, those included that do not serve now. */
  readonly others: () => number;
}

/** Readers in one process, as the process that makes their streams knows them. */
interface Heard {
  heardMs: number;
  readonly leaves: Map<string, () => void>;
}

/** What this process makes and has, for the others. */
export interface ServedStreams {
  readonly streams: Pick<Streams, "attach" | "cancel" | "take" | "eraseOwn">;
  /** Those in its own files. */
  readonly own: Pick<StreamStore, "find">;
}

/**
 * The streams of the other processes of a group: who reads here holds them there, and what is
 * cancelled or taken away here is so there (STR-5, STR-6).
 */
export class StreamPeers implements StreamGroup, Disposable {
  readonly #peers: Peers;
  readonly #own: OwnPlace;
  readonly #clock: Clock;
  /** Streams of others, and how many readers each has here. */
  readonly #reading = new Map<string, number>();
  readonly #heard = new Map<number, Heard>();
  #timer: Timer | null = null;

  constructor(peers: Peers, own: OwnPlace, clock: Clock) {
    this.#peers = peers;
    this.#own = own;
    this.#clock = clock;
  }

  reading(id: string): () => void {
    const count = this.#reading.get(id) ?? 0;
    this.#reading.set(id, count + 1);
    if (count === 0) this.#tell("begun", [id]);
    this.#tickLater();
    let isReading = true;
    return () => {
      if (!isReading) return;
      isReading = false;
      const left = (this.#reading.get(id) ?? 1) - 1;
      if (left > 0) return void this.#reading.set(id, left);
      this.#reading.delete(id);
      this.#tell("left", [id]);
    };
  }

  async cancel(id: string): Promise<boolean | null> {
    // As `serve` answers.
    const answers = (await this.#peers.ask(topics.cancel, id)) as readonly Cancelled[];
    if (answers.includes("cancelled")) return true;
    return answers.includes("ended") ? false : null;
  }

  async remove(id: string): Promise<boolean> {
    // As `serve` answers.
    const answers = (await this.#peers.ask(topics.remove, id)) as readonly Removed[];
    return answers.includes("removed");
  }

  async erase(owners: StreamOwners): Promise<readonly string[]> {
    // As `serve` answers.
    const answers = (await this.#peers.ask(topics.erase, owners)) as readonly ErasedIds[];
    const erased = answers.filter((ids) => ids !== "failed");
    // The files of one that starts, or is silent, are there as well.
    if (erased.length >= this.#own.others()) return erased.flat();
    const why = "another process could not take them away, or does not answer";
    throw new Failure<Code>("conflict", `Cannot erase the answers that are kept: ${why}`);
  }

  /** From now on the others are heard and answered. */
  serve({ streams, own }: ServedStreams): void {
    // Each process publishes and asks what stands above.
    this.#peers.subscribe(topics.readers, (data) => this.#hear(data as Readers, streams));
    this.#peers.answer(topics.cancel, (id): Cancelled => {
      const isCancelled = streams.cancel(id as string); // as above
      if (isCancelled === null) return "elsewhere";
      return isCancelled ? "cancelled" : "ended";
    });
    this.#peers.answer(topics.remove, async (data): Promise<Removed> => {
      const id = data as string; // as above
      if (own.find(id) === null) return "elsewhere";
      await streams.take(id);
      return "removed";
    });
    this.#peers.answer(topics.erase, (owners): Promise<ErasedIds> => {
      // As above.
      return streams.eraseOwn(owners as StreamOwners).catch(() => "failed" as const);
    });
  }

  /** Nobody reads here any more. */
  [Symbol.dispose](): void {
    this.#timer?.cancel();
    if (this.#reading.size > 0) this.#tell("all", []);
    for (const from of this.#heard.keys()) this.#forget(from);
  }

  #tell(what: Readers["what"], ids: readonly string[]): void {
    this.#peers.publish(topics.readers, { from: this.#own.slot, what, ids } satisfies Readers);
  }

  #hear({ from, what, ids }: Readers, streams: Pick<Streams, "attach">): void {
    const heard = this.#heard.get(from) ?? { heardMs: 0, leaves: new Map() };
    this.#heard.set(from, heard);
    heard.heardMs = this.#clock.monotonicMs();
    const { leaves } = heard;
    const gone = what === "left" ? ids : what === "all" ? without(leaves.keys(), ids) : [];
    for (const id of gone) {
      leaves.get(id)?.();
      leaves.delete(id);
    }
    if (what === "left") return;
    for (const id of ids) {
      const leave = leaves.has(id) ? null : streams.attach(id);
      if (leave !== null) leaves.set(id, leave);
    }
    this.#tickLater();
  }

  #tickLater(): void {
    this.#timer ??= this.#clock.after(againMs, () => this.#tick());
  }

  #tick(): void {
    this.#timer = null;
    const nowMs = this.#clock.monotonicMs();
    for (const [from, { heardMs }] of this.#heard) {
      if (nowMs - heardMs >= silentMs) this.#forget(from);
    }
    if (this.#reading.size > 0) this.#tell("all", [...this.#reading.keys()]);
    if (this.#reading.size > 0 || this.#heard.size > 0) this.#tickLater();
  }

  #forget(from: number): void {
    for (const leave of this.#heard.get(from)?.leaves.values() ?? []) leave();
    this.#heard.delete(from);
  }
}

const without = (all: Iterable<string>, kept: readonly string[]): readonly string[] => {
  const staying = new Set(kept);
  return [...all].filter((id) => !staying.has(id));
};
