import type { Config } from "../schema.ts";

/** Are answers of some model given again, where a request says so or where it says nothing? */
export const keepsAnswers = ({ cache, models }: Pick<Config, "cache" | "models">): boolean =>
  Object.values(models).some(
    (model) => "cache" in model && (model.cache.use ?? cache.use) !== "off",
  );
