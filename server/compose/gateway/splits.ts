import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { FeedbackStore } from "@sekisho/gateway/feedback/feedback.ts";
import type { SplitChoice } from "@sekisho/gateway/model-entry.ts";
import {
  exposeShares,
  SplitChanged,
  type ArmShare,
} from "@sekisho/gateway/observe/split-changed.ts";
import type { ArmBooks } from "@sekisho/gateway/splits/arm-books.ts";
import { shareOf, weightsOf } from "@sekisho/gateway/splits/split-state.ts";
import { SplitWatch } from "@sekisho/gateway/splits/split-watch.ts";
import { SqliteSplitStore } from "@sekisho/gateway/splits/store/sqlite.ts";
import type { Splits } from "@sekisho/gateway/splits/splits.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { AuditTrail } from "../../audit/audit-log.ts";
import { splitEntry } from "../../audit/split-entry.ts";
import type { GatewayPorts, PartMakers } from "./gateway-parts.ts";

/** What is in force of splits, told where it changes. */
export function composeSplits(
  { clock, log, metrics, reader, writer }: GatewayPorts,
  catalog: () => Catalog,
  make: Pick<PartMakers, "splits">,
): Splits {
  const store = new SqliteSplitStore(reader);
  const told = new SplitChanged(log, metrics);
  const splits = make.splits({ clock, store, writer, changed: (row) => told.record(row) });
  exposeShares(metrics, () => sharesOf(catalog().splits(), splits));
  return splits;
}

const sharesOf = (all: readonly SplitChoice[], splits: Splits): ArmShare[] =>
  all.flatMap((choice) => {
    const weights = weightsOf(choice, splits.stateOf(choice.split));
    const { split } = choice;
    return choice.arms.map(({ name: arm }) => ({ split, arm, share: shareOf(weights, arm) }));
  });

/** What the watch over splits needs beside the gateway. */
export interface SplitWatching extends Pick<GatewayPorts, "clock" | "random" | "writer" | "log"> {
  readonly gateway: {
    readonly splits: Splits;
    readonly arms: ArmBooks;
    readonly catalog: () => Catalog;
  };
  readonly feedback: Pick<FeedbackStore, "dropOlder">;
  readonly audit: Pick<AuditTrail, "row" | "told">;
  readonly leads: () => boolean;
}

const feedbackKeptMs = 400 * 86_400_000;
/** In one transaction: others wait for it some milliseconds. */
const forgottenAtOnce = 2_000;

/** Judges arms from now on, until it is disposed of. */
export function watchSplits(watching: SplitWatching): SplitWatch {
  const { gateway, audit, log, feedback, ...parts } = watching;
  const { splits, arms, catalog } = gateway;
  const ids = new IdSource(parts.clock, parts.random);
  return new SplitWatch({
    ...parts,
    splits,
    books: {
      counts: (phase) => arms.counts(phase),
      forgetOld: (nowMs) => [
        ...arms.forgetOld(nowMs),
        feedback.dropOlder(nowMs - feedbackKeptMs, forgottenAtOnce),
      ],
    },
    configured: () => catalog().splits(),
    newRequestId: () => `req_${ids.newBody()}`,
    audited: (deed) => audit.row(splitEntry(deed, deed)),
    told: (deed) => audit.told(splitEntry(deed, deed)),
    failed: (error) => log.error("the arms of a split could not be judged", { error }),
  });
}
