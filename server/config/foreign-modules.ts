import { formatPath } from "./config-path.ts";
import { type ConfigSource, settingOf } from "./config-source.ts";
import type { Finding } from "./problem.ts";
import { isBalancePath } from "./schema/balance.ts";
import type { ConfigShape } from "./schema.ts";

/** Modules that a change at run time names: whoever may do that could run any code (SEC-13). */
export const foreignModules = ({ models }: ConfigShape, source: ConfigSource): Finding[] =>
  Object.entries(models).flatMap(([name, model]) => {
    const path = ["models", name, "balance"];
    if (!("balance" in model) || !isBalancePath(model.balance)) return [];
    if (settingOf(source, path)?.origin !== "admin") return [];
    const rule = "names a module, which only the file of the configuration may do";
    return [{ path, sentence: `${formatPath(path)}: "${model.balance}" ${rule}` }];
  });
