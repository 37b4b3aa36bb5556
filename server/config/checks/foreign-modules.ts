import { type ConfigPath, formatPath, isBelow } from "../config-path.ts";
import { type ConfigSource, settingOf } from "../trees/config-source.ts";
import type { Finding } from "../problem.ts";
import { isBalancePath } from "../schema/balance.ts";
import type { ConfigShape } from "../schema.ts";

/** Modules that a change at run time names: whoever may do that could run any code (SEC-13). */
export const foreignModules = (config: ConfigShape, source: ConfigSource): Finding[] => [
  ...foreignBalancers(config, source),
  ...foreignPackages(config, source),
];

const foreignBalancers = ({ models }: ConfigShape, source: ConfigSource): Finding[] =>
  Object.entries(models).flatMap(([name, model]) => {
    const path = ["models", name, "balance"];
    if (!("balance" in model) || !isBalancePath(model.balance)) return [];
    if (settingOf(source, path)?.origin !== "admin") return [];
    const rule = "names a module, which only the file of the configuration may do";
    return [{ path, sentence: `${formatPath(path)}: "${model.balance}" ${rule}` }];
  });

/** What is called in a package, and with what, is as good as code too. */
const foreignKeys = ["package", "factory", "method", "options"] as const;

const foreignPackages = ({ providers }: ConfigShape, source: ConfigSource): Finding[] =>
  Object.entries(providers).flatMap(([name, { kind }]) => {
    if (kind !== "ai-sdk") return [];
    const key = foreignKeys.find((each) => isSetAtRunTime(["providers", name, each], source));
    if (key === undefined) return [];
    const path = ["providers", name, key];
    const rule = "says what a package does, which only the file of the configuration may do";
    return [{ path, sentence: `${formatPath(path)} ${rule}` }];
  });

/** The value itself, or something in it. */
const isSetAtRunTime = (path: ConfigPath, { settings }: ConfigSource): boolean =>
  settings.some(
    (setting) =>
      setting.origin === "admin" && (isBelow(path, setting.path) || isBelow(setting.path, path)),
  );
