import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noGroup, type StreamGroup } from "../stream-group.ts";
import type {
  StoredStream,
  StreamEnd,
  StreamEntry,
  StreamHead,
  StreamOwners,
  StreamRecovery,
  StreamStore,
} from "../stream-store.ts";

/** What can be done with streams that another process writes. */
export type ReadableStreams = Pick<StreamStore, "find" | "read">;

/** The streams of this process, and to read also those of others on the same host. */
export class SharedStreamStore implements StreamStore {
  readonly #own: StreamStore;
  readonly #others: () => readonly ReadableStreams[];
  readonly #group: Pick<StreamGroup, "remove">;

  constructor(
    own: StreamStore,
    others: () => readonly ReadableStreams[],
    group: Pick<StreamGroup, "remove"> = noGroup,
  ) {
    this.#own = own;
    this.#others = others;
    this.#group = group;
  }

  open(head: StreamHead): Promise<void> {
    return this.#own.open(head);
  }

  append(id: string, entries: readonly StreamEntry[], end: StreamEnd | null): Promise<void> {
    return this.#own.append(id, entries, end);
  }

  read(id: string, seq: number): readonly StreamEntry[] {
    const own = this.#own.read(id, seq);
    if (own.length > 0) return own;
    for (const other of this.#others()) {
      const entries = attempt(() => other.read(id, seq)) ?? [];
      if (entries.length > 0) return entries;
    }
    return [];
  }

  find(id: string): StoredStream | null {
    return this.#own.find(id) ?? this.#elsewhere(id);
  }

  /** Rejects with Failure `conflict` where another process has it that does not answer. */
  async remove(id: string): Promise<void> {
    if (this.#own.find(id) !== null || this.#elsewhere(id) === null) return this.#own.remove(id);
    if (await this.#group.remove(id)) return;
    const why = "the process that has made it does not answer";
    throw new Failure<Code>("conflict", `Cannot remove the response "${id}": ${why}`);
  }

  idsOf(owners: StreamOwners): readonly string[] {
    return this.#own.idsOf(owners);
  }

  scrub(ids: readonly string[]): Promise<void> {
    return this.#own.scrub(ids);
  }

  recover(recovery: StreamRecovery): Promise<number> {
    return this.#own.recover(recovery);
  }

  #elsewhere(id: string): StoredStream | null {
    for (const other of this.#others()) {
      const found = attempt(() => other.find(id));
      if (found !== null) return found;
    }
    return null;
  }
}

/** A file that its process is about to make, or to drop, has nothing to read. */
function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
