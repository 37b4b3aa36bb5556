import type { UsageFigures } from "@sekisho/gateway/ledger/usage-tally.ts";
import { nanoUsdJson, type UsageFiguresView } from "@sekisho/wire/admin/usage.ts";

/** Figures as they have JSON. */
export const usageFiguresView = (figures: UsageFigures): UsageFiguresView => ({
  ...figures,
  costNanoUsd: nanoUsdJson(figures.costNanoUsd),
  savedNanoUsd: nanoUsdJson(figures.savedNanoUsd),
  cacheHitRate: hitRateOf(figures),
});

/** Rows of different minutes may be read: never more than all. */
export const hitRateOf = ({
  requests,
  givenAnswers,
}: Pick<UsageFigures, "requests" | "givenAnswers">): number =>
  requests === 0 ? 0 : Math.min(1, givenAnswers / requests);
