import type {
  ListedModel,
  ModelDetails,
  ShownPrice,
  UsdRates,
} from "../canonical/model-details.ts";

/** Members behind the first four are not OpenAI's: its clients pass them on unread. */
const modelObject = ({ id, createdMs, ownedBy, details }: ListedModel): object => ({
  id,
  object: "model",
  created: Math.floor(createdMs / 1000),
  owned_by: ownedBy,
  context_window: details.contextWindow,
  max_output_tokens: details.maxOutputTokens,
  capabilities: capabilitiesObject(details),
  pricing: details.price === null ? null : pricingObject(details.price),
  has_several_prices: details.hasSeveralPrices,
  targets: details.places,
});

function capabilitiesObject({ capabilities }: ModelDetails): object {
  const { structuredOutput, promptCaching, ...rest } = capabilities;
  return { ...rest, structured_output: structuredOutput, prompt_caching: promptCaching };
}

const ratesObject = ({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: UsdRates) => ({
  input,
  output,
  cache_read: cacheRead,
  cache_write_5m: cacheWrite5m,
  cache_write_1h: cacheWrite1h,
});

const pricingObject = (price: ShownPrice): object => ({
  currency: "USD",
  per: "million tokens",
  ...ratesObject(price),
  ...(price.perRequest === undefined
    ? {}
    : { per_request: price.perRequest, per_image: price.perImage }),
  over_prompt_tokens: price.bands.map(({ overPromptTokens, ...rates }) => ({
    over: overPromptTokens,
    ...ratesObject(rates),
  })),
  valid_from: price.validFrom,
  valid_until: price.validUntil,
  confidence: price.confidence,
  version: price.version,
});

/** The body of `GET /v1/models/{id}`. */
export const encodeModel = (model: ListedModel): string => JSON.stringify(modelObject(model));

/**
 * The body of `GET /v1/models`. It has no pages. Patterns are no names that anybody can call: they
 * stand beside the list.
 */
export const encodeModelList = (
  models: readonly ListedModel[],
  wildcards: readonly string[],
): string => JSON.stringify({ object: "list", data: models.map(modelObject), wildcards });
