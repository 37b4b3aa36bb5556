import { isBookedTenant } from "@sekisho/gateway/ledger/booked-tenant.ts";
import { findCall } from "@sekisho/gateway/ledger/find-call.ts";
import { readCalls } from "@sekisho/gateway/ledger/ledger-query.ts";
import { queryUsageBySource } from "@sekisho/gateway/ledger/source-query.ts";
import { queryUsage } from "@sekisho/gateway/ledger/usage-query.ts";
import { ledgerParts, verifyPart, verifySeals } from "@sekisho/gateway/ledger/verify-ledger.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { AdminContext } from "../../edge/admin/admin-context.ts";
import { ExportGate } from "../../edge/admin/reading/export-gate.ts";
import { erase, type ErasingPorts } from "../upkeep/erasure.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { pauseOf } from "../process/pause.ts";
import type { Storage } from "../storage/storage.ts";

export interface LedgerBookParts extends Pick<ErasingPorts, "streams"> {
  readonly storage: Pick<Storage, "reader" | "writer">;
  readonly onceCalls: { readonly claims: ErasingPorts["claims"] };
  readonly clock: Clock;
  readonly gateway: Pick<Gateway, "group" | "cache">;
}

/** What the edge asks the ledger. */
export function ledgerBooks({
  storage: { reader, writer },
  streams,
  onceCalls: { claims },
  clock,
  gateway: { group, cache },
}: LedgerBookParts): Pick<AdminContext, "usage" | "ledger" | "exports"> {
  const pause = pauseOf(clock);
  return {
    usage: (query) => queryUsage(reader, query),
    ledger: {
      calls: (query) => readCalls(reader, query, pause),
      find: async (id) => {
        const found = findCall(reader, id);
        if (found !== null) return found;
        // Rows are written behind the answer: what is not there may be on its way.
        await writer.flush();
        return findCall(reader, id);
      },
      bySource: (query, isWanted) => queryUsageBySource(reader, query, { pause, isWanted }),
      hasTenant: (tenant) => isBookedTenant(reader, tenant),
      erase: (erasure) =>
        erase(erasure, {
          reader,
          commit: (writes) => writer.commit(writes, "power"),
          pause,
          written: () => writer.flush(),
          streams,
          claims,
          cache,
          owner: group?.membership.id ?? null,
        }),
      parts: () => ledgerParts(reader),
      verifySeals: () => verifySeals(reader),
      verifyPart: (part) => verifyPart(reader, part, pause),
    },
    exports: new ExportGate(),
  };
}
