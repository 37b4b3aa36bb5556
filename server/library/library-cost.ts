import type {
  CalculatedCost,
  CalculatedTokens,
  CostCalculator,
} from "@sekisho/gateway/cost-calculator.ts";
import type { Core } from "../compose/open-core.ts";
import { calculatorOf } from "../compose/prices.ts";
import type { CostFace, LoadCost, MonthlyLoad, RequestCost, RequestTokens } from "./cost.ts";
import { callError } from "./sekisho-error.ts";

export interface CostSources {
  readonly core: Pick<Core, "gateway" | "config">;
  readonly wallMs: () => number;
}

/** The calculator of the price book, for the names and prices of a configuration. */
export class LibraryCost implements CostFace {
  readonly #calculator: CostCalculator;

  constructor({ core, wallMs }: CostSources) {
    this.#calculator = calculatorOf({ wallMs }, () => ({
      config: core.config.config,
      catalog: core.gateway.catalog(),
    }));
  }

  calculate(model: string, tokens: RequestTokens, at?: number): RequestCost {
    return told(() => costOf(this.#calculator.calculate(model, given(tokens), at)));
  }

  compare(models: readonly string[], tokens: RequestTokens, at?: number): RequestCost[] {
    return told(() => this.#calculator.compare(models, given(tokens), at).map(costOf));
  }

  cheapest(models: readonly string[], tokens: RequestTokens, at?: number): RequestCost {
    return told(() => costOf(this.#calculator.cheapest(models, given(tokens), at)));
  }

  monthly({ model, requestsPerDay, days = 30, ...tokens }: MonthlyLoad, at?: number): LoadCost {
    return told(() => {
      const question = { model, requestsPerDay, days, ...given(tokens) };
      const { requestUsd, dayUsd, totalUsd, ...rest } = this.#calculator.monthly(question, at);
      return {
        ...rest,
        requestUsd: Number(requestUsd),
        dayUsd: Number(dayUsd),
        totalUsd: Number(totalUsd),
      };
    });
  }
}

/** What is left out, as the calculator has it. */
const given = ({ input, output, ...rest }: RequestTokens): CalculatedTokens => ({
  input,
  output,
  cacheRead: rest.cacheRead ?? 0,
  cacheWrite5m: rest.cacheWrite5m ?? 0,
  cacheWrite1h: rest.cacheWrite1h ?? 0,
  batch: rest.batch === true,
});

const costOf = ({ costUsd, ...rest }: CalculatedCost): RequestCost => ({
  ...rest,
  costUsd: Number(costUsd),
});

function told<T>(calculate: () => T): T {
  try {
    return calculate();
  } catch (error) {
    throw callError(error);
  }
}
