import type { CalculatedCost, CostCalculator } from "@sekisho/gateway/costing/cost-calculator.ts";
import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import {
  parseCostRequest,
  type CostLine,
  type CostRequest,
  type CostView,
  type UnpricedLine,
} from "@sekisho/wire/admin/costs.ts";
import type { AdminContext } from "./admin-context.ts";
import { answeringNames } from "./reading/answering-names.ts";
import { jsonBody, parsed, type AdminAnswer, type AdminRequest } from "./admin-request.ts";

/** `POST /admin/cost`: what requests would cost by the price book (MON-17). */
export async function postCost(
  request: AdminRequest,
  { costs, catalog }: AdminContext,
): Promise<AdminAnswer> {
  const asked = parsed(parseCostRequest((await jsonBody(request)) ?? {}));
  const models = asked.models.length > 0 ? asked.models : namesFor(asked, catalog());
  const priced: CalculatedCost[] = [];
  const unpriced: UnpricedLine[] = [];
  for (const model of models) {
    try {
      priced.push(costs.calculate(model, asked));
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== "unpriced") throw error;
      unpriced.push({ model, nearest: costs.nearest(model) });
    }
  }
  priced.sort((one, other) => one.costNanoUsd - other.costNanoUsd);
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, images, batch } = asked;
  const body: CostView = {
    tokens: { input, output, cacheRead, cacheWrite5m, cacheWrite1h, images, batch },
    requestsPerDay: asked.requestsPerDay,
    days: asked.days,
    costs: priced.map((each) => lineOf(each, asked, costs)),
    unpriced,
  };
  return { status: 200, body };
}

/** Of all names those that can be asked: one that makes vectors puts out no token. */
const namesFor = ({ output }: CostRequest, catalog: Pick<Catalog, "names" | "peek">): string[] =>
  output === 0 ? catalog.names() : answeringNames(catalog);

function lineOf(
  { model, costUsd, priceVersion }: CalculatedCost,
  asked: CostRequest,
  costs: CostCalculator,
): CostLine {
  if (asked.requestsPerDay === 0) {
    return { model, costUsd, priceVersion, dayUsd: null, totalUsd: null };
  }
  const { dayUsd, totalUsd } = costs.monthly({ ...asked, model });
  return { model, costUsd, priceVersion, dayUsd, totalUsd };
}
