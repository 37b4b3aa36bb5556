import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Write } from "@sekisho/lib/storage/writer.ts";
import type { Member, MembershipStore } from "../membership-store.ts";

/** Processes of one host as rows of the table `replicas`. */
export class SqliteMembershipStore implements MembershipStore {
  readonly #reader: Reader;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  join(id: string): Write {
    return { sql: "INSERT INTO replicas (id, beat) VALUES (?, 0)", params: [id] };
  }

  beat(id: string, beat: number): Write {
    const sql = "UPDATE replicas SET beat = ? WHERE id = ? AND is_ended = 0";
    return { sql, params: [beat, id] };
  }

  end({ id, beat }: Pick<Member, "id" | "beat">): Write {
    return { sql: "INSERT INTO replica_ends (id, beat) VALUES (?, ?)", params: [id, beat] };
  }

  forget(id: string): Write {
    return { sql: "DELETE FROM replicas WHERE id = ? AND is_ended = 1", params: [id] };
  }

  forgetAll(): Write {
    return { sql: "DELETE FROM replicas", params: [] };
  }

  members(): Member[] {
    return this.#reader
      .all("SELECT id, beat, is_ended FROM replicas ORDER BY place")
      .map((row) => ({
        id: String(row["id"]),
        beat: Number(row["beat"]),
        isEnded: row["is_ended"] !== 0,
      }));
  }
}
