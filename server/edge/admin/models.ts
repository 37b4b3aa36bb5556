import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import { knownFacts } from "@sekisho/gateway/catalog/model-facts.ts";
import { modelDetails } from "@sekisho/gateway/catalog/model-details.ts";
import { shownPrice } from "@sekisho/gateway/catalog/shown-price.ts";
import { balanceName, type ModelEntry } from "@sekisho/gateway/model-entry.ts";
import { always, priceAt, shownPriceAt, type PriceSpan } from "@sekisho/gateway/price.ts";
import type { Target } from "@sekisho/gateway/target.ts";
import type { ModelListView, ModelTargetView, ModelView } from "@sekisho/wire/admin/models.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminAnswer, AdminRequest } from "./admin-request.ts";

/** `GET /admin/models`: every name of the configuration, and what is known of it. */
export async function getModels(
  _request: AdminRequest,
  { catalog, clock, config }: AdminContext,
): Promise<AdminAnswer> {
  const known = catalog();
  const wallMs = clock.wallMs();
  const body: ModelListView = {
    book: config.config.prices.book.edition,
    models: known.names().map((name) => modelView(known, name, wallMs)),
    wildcards: known.wildcards(),
  };
  return { status: 200, body };
}

/**
 * What is known of one name, as of an instant. Throws Failure `model_not_found`, which names the
 * nearest ones.
 */
export function modelView(
  catalog: Pick<Catalog, "names" | "peek">,
  name: string,
  wallMs: number,
): ModelView {
  const entry = catalog.peek(name);
  const targets = entry.pools.flatMap((pool) =>
    pool.targets.map((target) => targetView(pool.name, target, wallMs)),
  );
  return {
    name,
    wildcard: catalog.names().includes(name) ? null : (entry.pools[0]?.name ?? null),
    pools: entry.pools.map((pool) => ({ name: pool.name, balance: balanceName(pool.balance) })),
    details: modelDetails(entry, wallMs),
    targets,
    notes: [...unpricedNotes(entry, wallMs), ...notesOn(targets)],
  };
}

function targetView(pool: string, target: Target, wallMs: number): ModelTargetView {
  const { provider, region, credentialId, upstreamModel, priority, weight } = target;
  const known = knownFacts(upstreamModel);
  const price = shownPriceAt(target.prices, wallMs);
  const next = nextPrice(target.prices, wallMs);
  return {
    pool,
    provider,
    region,
    credential: credentialId,
    upstreamModel,
    priority,
    weight,
    contextWindow: known?.contextWindow ?? null,
    maxOutputTokens: known?.maxOutputTokens ?? null,
    capabilities: known?.capabilities ?? null,
    source: known?.source ?? null,
    confidence: known?.confidence ?? null,
    price: price === null ? null : shownPrice(price),
    nextPrice: next === null ? null : shownPrice(next),
  };
}

/** The price that holds after the present one. */
function nextPrice(prices: PriceSpan, wallMs: number) {
  let span: PriceSpan | null = prices;
  while (span !== null && span.untilMs <= wallMs) span = span.next;
  return span?.next ? shownPriceAt(always(span.next.price), wallMs) : null;
}

/** A price that nobody knows is refused, or booked as nothing where that is allowed (MON-2). */
function unpricedNotes({ pools }: ModelEntry, wallMs: number): readonly string[] {
  const unpriced = pools
    .flatMap(({ targets }) => targets)
    .filter(({ prices }) => shownPriceAt(prices, wallMs) === null);
  const notes = unpriced.map(({ prices, upstreamModel }) =>
    priceAt(prices, wallMs) === null
      ? `${upstreamModel} has no price: it is refused under a money budget`
      : `${upstreamModel} has no price: its calls are booked at 0 USD (unpriced: allow)`,
  );
  return [...new Set(notes)];
}

function notesOn(targets: readonly ModelTargetView[]): string[] {
  const changes = targets.flatMap(({ upstreamModel, nextPrice: next }) =>
    next === null ? [] : [`${upstreamModel} has another price from ${next.validFrom} on`],
  );
  const unsure = targets.flatMap(({ upstreamModel, price }) =>
    price?.confidence === "C" ? [`the price of ${upstreamModel} is not confirmed (C)`] : [],
  );
  const charged = targets.flatMap(({ upstreamModel, price }) =>
    price?.perRequest === undefined
      ? []
      : [
          `${upstreamModel} costs ${price.perRequest} USD a request and ${price.perImage} USD an ` +
            "image of its prompt, beside the tokens",
        ],
  );
  return [...new Set(changes), ...new Set(charged), ...new Set(unsure)];
}
