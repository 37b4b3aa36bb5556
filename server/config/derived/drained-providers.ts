import type { Config } from "../schema.ts";

/** Providers that are out of use, by their own name or by their region's (RTE-19). */
export const drainedProviders = ({
  drained,
  providers,
}: Pick<Config, "drained" | "providers">): ReadonlySet<string> =>
  new Set(
    Object.entries(providers)
      .filter(([name, { region }]) => drained.includes(name) || drained.includes(region))
      .map(([name]) => name),
  );
