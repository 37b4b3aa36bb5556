import type { BudgetEvent } from "@sekisho/gateway/budget-alert.ts";
import { AlertBook } from "@sekisho/gateway/budget/alert-book.ts";
import type { BudgetStore } from "@sekisho/gateway/budget/budget-store.ts";
import type { LimitsOf } from "@sekisho/gateway/budget/budget-limit.ts";
import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import type { Slices } from "@sekisho/gateway/budget/slices.ts";
import { SqliteBudgetStore } from "@sekisho/gateway/budget/store/sqlite.ts";
import { SqliteSliceStore } from "@sekisho/gateway/budget/store/sqlite-slices.ts";
import type { Ledger } from "@sekisho/gateway/ledger/ledger.ts";
import { BudgetAlerts } from "@sekisho/gateway/observe/budget-alerts.ts";
import { recoverAll, recoverOwner } from "@sekisho/gateway/calls/recovery.ts";
import type { Membership } from "@sekisho/gateway/replicas/membership.ts";
import { SqliteMembershipStore } from "@sekisho/gateway/replicas/store/sqlite.ts";
import type { ArmBooks } from "@sekisho/gateway/splits/arm-books.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import { lostMessage } from "../storage/storage.ts";
import type { GatewayPorts, PartMakers } from "./gateway-parts.ts";

/** Who keeps the books of a gateway. */
export interface Books {
  /** What is told of budgets, and what waits to be. */
  readonly alerts: AlertBook;
  readonly arms: ArmBooks;
  readonly budgets: Budgets;
  readonly ledger: Ledger;
  /** Null where this process has the books for itself. */
  readonly group: Group | null;
}

/** This process among those that share the books. */
export interface Group {
  readonly membership: Membership;
  /** Gives back what no call holds, and leaves the others; nothing is spent afterwards. */
  leave(): Promise<void>;
}

type BooksPorts = Pick<
  GatewayPorts,
  "clock" | "random" | "reader" | "writer" | "log" | "metrics" | "shared"
>;

/**
 * Opens the books. A process that has them for itself first closes the calls that a crash has left
 * open; one among several closes those of another when that one is ended.
 */
export async function openBooks(
  ports: BooksPorts,
  make: PartMakers,
  limitsOf: LimitsOf,
): Promise<Books> {
  const { shared } = ports;
  return shared === undefined
    ? await openAlone(ports, make, limitsOf)
    : await openShared({ ...ports, shared }, make, limitsOf);
}

async function openAlone(ports: BooksPorts, make: PartMakers, limitsOf: LimitsOf): Promise<Books> {
  const { clock, random, reader, writer, log } = ports;
  const store = new SqliteBudgetStore(reader);
  const ledger = make.ledger(reader);
  const alerts = alertBook({ ...ports, store, ids: new IdSource(clock, random) });
  const budgets = make.budgets(clock, store, limitsOf, (alert) => alerts.tell(alert), null);
  const members = new SqliteMembershipStore(reader);
  // Processes of a group that ended without leaving: none of them lives.
  const isLeft = members.members().length > 0;
  const also = isLeft ? [members.forgetAll(), new SqliteSliceStore(reader).forgetAll()] : [];
  const arms = make.arms(reader);
  const count = await recoverAll({ ledger, budgets, arms, writer }, also);
  if (count > 0) log.warn(recoveredMessage, { count });
  return { alerts, budgets, ledger, arms, group: null };
}

const unkeptMessage = "intents are not kept ahead of the database";
const recoveredMessage = "calls of a process that died count as spent";

async function openShared(
  ports: BooksPorts & Required<Pick<BooksPorts, "shared">>,
  make: PartMakers,
  limitsOf: LimitsOf,
): Promise<Books> {
  const { clock, random, reader, writer, log, shared } = ports;
  const ids = new IdSource(clock, random);
  const members = new SqliteMembershipStore(reader);
  const sliceStore = new SqliteSliceStore(reader);
  const store = new SqliteBudgetStore(reader);
  const alerts = alertBook({ ...ports, store, ids });
  let membership: Membership | null = null;
  const owner = (): string => membership?.id ?? "";
  const ledger = make.ledger(reader, owner);
  const slices = make.slices({
    clock,
    store: sliceStore,
    writer,
    owner,
    processes: () => membership?.size ?? 1,
    isMember: () => membership?.isMember ?? true,
  });
  const budgets = make.budgets(clock, store, limitsOf, (alert) => alerts.tell(alert), slices);
  const arms = make.arms(reader);
  const { logs } = shared;
  const lost = (count: number): void => log.error(lostMessage, { count });
  const recovery = { ledger, budgets, arms, writer, slices: sliceStore, members, logs, lost };
  membership = await make.membership({
    clock,
    store: members,
    writer,
    newId: () => `prc_${ids.newBody()}`,
    async closeBooks(id) {
      const count = await recoverOwner(id, recovery);
      if (count > 0) log.warn(recoveredMessage, { count });
    },
    renamed() {
      log.error("this process was taken for dead, and begins anew");
      budgets.restart();
      shared.named(owner());
      // Until then its intents wait for the database.
      logs.goAhead(owner()).catch((error: unknown) => log.error(unkeptMessage, { error }));
    },
    failed: (error) => log.error("this process could not say that it lives", { error }),
  });
  shared.named(membership.id);
  await logs.goAhead(membership.id);
  return { alerts, budgets, ledger, arms, group: groupOf(membership, slices, writer) };
}

interface AlertParts extends Pick<BooksPorts, "clock" | "writer" | "log" | "metrics"> {
  readonly store: BudgetStore;
  readonly ids: IdSource;
}

function alertBook({ log, metrics, ...parts }: AlertParts): AlertBook {
  const alerts = new BudgetAlerts(log, metrics);
  const told = (event: BudgetEvent): void => alerts.told(event);
  return new AlertBook({ ...parts, told, lost: () => alerts.lost() });
}

const groupOf = (membership: Membership, slices: Slices, writer: Writer): Group => ({
  membership,
  async leave() {
    slices[Symbol.dispose]();
    membership[Symbol.dispose]();
    // The ends of calls first: whoever leaves has none under way.
    await writer.flush();
    await membership.leave();
  },
});
