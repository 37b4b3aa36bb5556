import { goneFrom, isOtherUnderOneVersion } from "@sekisho/gateway/catalog/book-changes.ts";
import type { PriceBook } from "@sekisho/gateway/catalog/price-book.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Config } from "../../config/schema.ts";

/** Nobody reads more at once. */
const maxNamed = 10;

/**
 * Throws Failure `invalid_value` where the next book lacks what the book in force has, unless that
 * is allowed, and where it has other figures under the version that ledger rows name (MON-2). The
 * builtin prices are part of every book and never gone.
 */
export function refuseLostPrices(
  { own: inForce }: PriceBook,
  { book, mayShrink }: Pick<Config["prices"], "book" | "mayShrink">,
): void {
  if (inForce === null) return;
  const { own } = book;
  const gone = mayShrink ? [] : goneFrom(inForce.lines, own?.lines ?? {});
  if (gone.length > 0) {
    const named = gone.slice(0, maxNamed).join(", ");
    const more = gone.length > maxNamed ? ` and ${gone.length - maxNamed} more` : "";
    throw refusal(
      `price book ${nameOf(book)}: it lacks what ${inForce.version} (${inForce.path}) has: ` +
        `${named}${more}; prices.mayShrink: true lets it`,
    );
  }
  if (own !== null && isOtherUnderOneVersion(inForce, own)) {
    throw refusal(
      `price book ${nameOf(book)}: its figures are others than those in force, ` +
        `and its version is not; a version of its own is expected`,
    );
  }
}

const nameOf = ({ own }: PriceBook): string =>
  own === null ? "builtin" : `${own.version} (${own.path})`;

const refusal = (what: string) => new Failure<Code>("invalid_value", `Cannot take the ${what}`);
