import type { UsageFigures } from "@sekisho/gateway/ledger/usage-query.ts";
import { nanoUsdJson, type UsageFiguresView } from "@sekisho/wire/admin/usage.ts";

/** Figures as they have JSON. */
export const usageFiguresView = (figures: UsageFigures): UsageFiguresView => ({
  ...figures,
  costNanoUsd: nanoUsdJson(figures.costNanoUsd),
});
