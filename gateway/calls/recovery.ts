import type { AheadLogs } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import { isConflict } from "@sekisho/lib/storage/storage-failure.ts";
import type { Write, Writer } from "@sekisho/lib/storage/writer.ts";
import type { Budgets } from "../budget/budgets.ts";
import type { SliceStore } from "../budget/slice-store.ts";
import type { IntentRow, Ledger } from "../ledger/ledger.ts";
import { unknownRow } from "../ledger/settlement.ts";
import type { ArmRef } from "../split.ts";
import type { ArmBooks, LostArmCall } from "../splits/arm-books.ts";
import type { MembershipStore } from "../replicas/membership-store.ts";

export interface RecoveryParts {
  readonly ledger: Pick<Ledger, "openIntents" | "terminal">;
  readonly budgets: Pick<Budgets, "spend">;
  readonly arms: Pick<ArmBooks, "lost">;
  readonly writer: Pick<Writer, "commit">;
}

/** The parts of a process that shares the books with others. */
export interface SharedRecoveryParts extends RecoveryParts {
  readonly slices: SliceStore;
  readonly members: MembershipStore;
  readonly logs: Pick<AheadLogs, "takeOver">;
  /** Writes that were kept for the process, and that the database has refused. */
  readonly lost: (writeCount: number) => void;
}

/** So many calls are closed in one transaction: others wait for it some milliseconds. */
const callsInStep = 200;

/** Every conflict is a call that somebody else has closed: more of them in a row are a defect. */
const conflictsLimit = 100;

/**
 * Closes the calls that were running when the process before this one died: they count as spent
 * at their reservation until their usage is learnt (MON-10). For a process that has the books for
 * itself, before it takes a call. Returns how many there were.
 */
export async function recoverAll(parts: RecoveryParts, also: readonly Write[]): Promise<number> {
  const { ledger, writer } = parts;
  const intents = ledger.openIntents();
  if (intents.length === 0 && also.length === 0) return 0;
  const writes = intents.flatMap((intent) => closed(intent, parts));
  await writer.commit([...writes, ...also], "power");
  return intents.length;
}

/**
 * The same of one process among several, of which nothing is accepted any more; then its slices
 * are free again. Any number of processes may do it at once: a call is closed by one of them.
 * Returns how many calls this one has closed.
 */
export async function recoverOwner(owner: string, parts: SharedRecoveryParts): Promise<number> {
  const { ledger, writer, slices, members, logs, lost } = parts;
  // Calls stand in its log that the database has never heard of.
  const lostWrites = await logs.takeOver(owner);
  if (lostWrites > 0) lost(lostWrites);
  let conflicts = 0;
  for (let count = 0; ;) {
    const intents = ledger.openIntents({ owner, limit: callsInStep });
    const isLast = intents.length < callsInStep;
    const writes = intents.flatMap((intent) => closedOf(owner, intent, parts));
    if (isLast) writes.push(slices.forgetOwner(owner), members.forget(owner));
    try {
      await writer.commit(writes, "power");
      count += intents.length;
    } catch (error) {
      // Another process closes them too, or their own has come back to end one: look again.
      if (!isConflict(error) || ++conflicts > conflictsLimit) throw error;
      continue;
    }
    if (isLast) return count;
  }
}

const closed = (intent: IntentRow, { ledger, budgets, arms }: RecoveryParts): Write[] => [
  ...ledger.terminal([unknownRow(intent)]),
  ...budgets.spend(intent.accounts, intent.reserved),
  ...(intent.arm ? [arms.lost(lostOf(intent, intent.arm))] : []),
];

const lostOf = ({ timeMs, reserved }: IntentRow, arm: ArmRef): LostArmCall => ({
  arm,
  timeMs,
  costNanoUsd: reserved.nanoUsd,
});

const closedOf = (owner: string, intent: IntentRow, parts: SharedRecoveryParts): Write[] => [
  ...closed(intent, parts),
  ...intent.accounts.map((account) => parts.slices.useOf(owner, account, intent.reserved)),
];
