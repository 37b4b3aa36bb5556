import type { ConfigFlags } from "../config/loading/environment.ts";
import { fileSetting, settingRows } from "../config/settings.data.ts";
import type { OptionValues } from "./option-values.ts";

const flagNames = [fileSetting.flag, ...settingRows.map(({ flag }) => flag)];

/**
 * What the options of `sekisho start` say of the configuration. Ends the command at a port that is
 * none.
 */
export function startFlags(options: OptionValues): ConfigFlags {
  for (const name of ["port", "admin-port"]) options.port(name);
  return flagNames.reduce<ConfigFlags>((flags, name) => {
    if (name === "public") return options.has(name) ? { ...flags, public: true } : flags;
    const text = options.text(name);
    return text === undefined ? flags : { ...flags, [name]: text };
  }, {});
}
