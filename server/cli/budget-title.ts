import type { BudgetSelector } from "@sekisho/wire/admin/budget-change.ts";
import { formatCount } from "./format-figures.ts";

/** Whose budget it is: `acme by month`, `each user of acme by day`, `each request of acme "a"`. */
export function budgetTitle({
  tenant,
  scope,
  window,
  name,
}: BudgetSelector & { readonly tenant: string }): string {
  const whose = scope === "tenant" ? tenant : `each ${scope} of ${tenant}`;
  const when = window === null ? "" : ` by ${window}`;
  return `${whose}${when}${name === null ? "" : ` "${name}"`}`;
}

/** `1,234.5`: the digits of the file, thousands apart. */
export const formatLimit = (value: number): string => {
  const [whole = "", fraction] = String(value).split(".");
  return formatCount(whole) + (fraction === undefined ? "" : `.${fraction}`);
};
