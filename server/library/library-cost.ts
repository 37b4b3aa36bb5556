import type {
  CalculatedCost,
  CalculatedTokens,
  CostCalculator,
} from "@sekisho/gateway/costing/cost-calculator.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Core } from "../compose/open-core.ts";
import { calculatorOf } from "../compose/routing/prices.ts";
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
    return told(() => {
      const [name = ""] = listOf([model]);
      return costOf(this.#calculator.calculate(name, given(tokens), at));
    });
  }

  compare(models: readonly string[], tokens: RequestTokens, at?: number): RequestCost[] {
    return told(() => this.#calculator.compare(listOf(models), given(tokens), at).map(costOf));
  }

  cheapest(models: readonly string[], tokens: RequestTokens, at?: number): RequestCost {
    return told(() => costOf(this.#calculator.cheapest(listOf(models), given(tokens), at)));
  }

  monthly(load: MonthlyLoad, at?: number): LoadCost {
    return told(() => {
      const { model, requestsPerDay, days = 30, ...tokens } = objectOf(load, "load is");
      listOf([model]);
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
function given(tokens: RequestTokens): CalculatedTokens {
  const { input, output, ...rest } = objectOf(tokens, "tokens are");
  return {
    input,
    output,
    cacheRead: rest.cacheRead ?? 0,
    cacheWrite5m: rest.cacheWrite5m ?? 0,
    cacheWrite1h: rest.cacheWrite1h ?? 0,
    images: rest.images ?? 0,
    batch: rest.batch === true,
  };
}

/** Programs in JavaScript may hand over anything. Throws Failure for what is no object. */
function objectOf<T extends object>(value: T, names: string): T {
  const given: unknown = value;
  if (typeof given === "object" && given !== null) return value;
  throw new Failure<Code>("invalid_value", `Cannot calculate: its ${names} no object`);
}

/** The same of names. */
function listOf(models: readonly string[]): readonly string[] {
  const given: unknown = models;
  if (Array.isArray(given) && given.every((each) => typeof each === "string")) return models;
  throw new Failure<Code>("invalid_value", "Cannot calculate: its models are no names");
}

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
