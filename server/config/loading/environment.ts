import type { Setting } from "../trees/config-source.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";
import type { ConfigProblem } from "../problem.ts";
import { fileSetting, settingRows } from "../settings.data.ts";
import type { Variables } from "../reading/substitute.ts";

/** The environment as it was at the start, read once. */
export interface Environment {
  /** `SEKISHO_CONFIG`; null when it is not set. */
  readonly configFile: string | null;
  readonly settings: readonly Setting[];
  /** Variables that look like mistyped ones of ours. */
  readonly warnings: readonly ConfigProblem[];
  /** All of it: for `${NAME}` in the file and for secrets by `env:NAME`. */
  readonly variables: Variables;
}

/** An empty variable counts as one that is not set. */
export function readEnvironment(variables: Variables): Environment {
  const settings = settingRows.flatMap(({ variable, path }): Setting[] => {
    const value = variables[variable];
    if (value === undefined || value === "") return [];
    return [{ path, value, origin: "environment", name: variable }];
  });
  return {
    configFile: variables[fileSetting.variable] || null,
    settings,
    warnings: mistypedVariables(variables),
    variables: { ...variables },
  };
}

const closeEdits = 2;

/** Names that are almost one of ours. Others may be there for the file to refer to. */
function mistypedVariables(variables: Variables): ConfigProblem[] {
  const known: string[] = [fileSetting.variable, ...settingRows.map(({ variable }) => variable)];
  const strange = Object.keys(variables).filter(
    (name) => name.startsWith("SEKISHO_") && !known.includes(name),
  );
  return strange.flatMap((name) => {
    const meant = nearest(name, known);
    if (meant === null || meant.edits > closeEdits) return [];
    const sentence = `${name} is a variable that nobody reads; the nearest is ${meant.text}`;
    return [{ path: name, file: null, line: null, sentence }];
  });
}

type SettingFlag = (typeof settingRows)[number]["flag"];
type TextFlag = Exclude<SettingFlag, "public"> | "config";

/** Values of `sekisho start`'s flags, by name without `--`. */
export type ConfigFlags = Readonly<Partial<Record<TextFlag, string> & Record<"public", boolean>>>;

/** What the flags lay over the file. */
export function readFlags(flags: ConfigFlags): Setting[] {
  return settingRows.flatMap(({ flag, path }): Setting[] => {
    const value = flags[flag];
    return value === undefined ? [] : [{ path, value, origin: "flag", name: `--${flag}` }];
  });
}
