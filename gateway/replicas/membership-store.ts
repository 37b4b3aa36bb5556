import type { Write } from "@sekisho/lib/storage/writer.ts";

/** One process among those that share the books, as the store knows it. */
export interface Member {
  readonly id: string;
  /** Counts up while the process lives. */
  readonly beat: number;
  /** Nothing of it is accepted any more; what it left open is being closed. */
  readonly isEnded: boolean;
}

/** Which processes share the books. Whoever has joined may write until somebody ends it. */
export interface MembershipStore {
  join(id: string): Write;
  /** Changes nothing when the member was ended. */
  beat(id: string, beat: number): Write;
  /** Conflicts when the member has gone on since it was looked at. */
  end(member: Pick<Member, "id" | "beat">): Write;
  /** Forgets an ended member of which nothing is left. */
  forget(id: string): Write;
  /** Forgets all of them: for whoever knows that none of them lives. */
  forgetAll(): Write;
  /** In the order in which they joined. */
  members(): readonly Member[];
}
