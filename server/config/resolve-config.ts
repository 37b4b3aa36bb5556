import { chatWarnings } from "./check-chat.ts";
import { embeddingWarnings } from "./check-embedding-uses.ts";
import { checkConfig } from "./check-config.ts";
import { foreignModules } from "./foreign-modules.ts";
import { formatPath } from "./config-path.ts";
import { type ConfigSource, placeOf, settingOf } from "./config-source.ts";
import { mergedTree } from "./merged-tree.ts";
import type { ConfigProblem, Finding, Outcome } from "./problem.ts";
import { revealedConfig } from "./revealed-config.ts";
import { type Config, configSchema } from "./schema.ts";
import type { SecretSources } from "./secret-reference.ts";
import { explainIssue } from "./wording/explain-issue.ts";
import { shapeProblems } from "./wording/shape-problems.ts";

/** A configuration that holds, and what it was made of. */
export interface LoadedConfig {
  readonly config: Config;
  readonly source: ConfigSource;
}

/** Nobody reads more at once, and each costs a search for its line. */
const maxProblems = 200;

/** Lays the settings over the file, validates the whole, fills in defaults and reads secrets. */
export function resolveConfig(source: ConfigSource, sources: SecretSources): Outcome<LoadedConfig> {
  const tree = mergedTree(source);
  // `jitless`: the program never makes code from text (SEC-13).
  const parsed = configSchema.safeParse(tree, { error: explainIssue, jitless: true });
  if (!parsed.success) {
    const validated = { schema: configSchema, tree, written: source.written };
    return refuse(source, shapeProblems(parsed.error.issues, validated));
  }
  const { config, faults, warnings } = revealedConfig(parsed.data, source, sources);
  const foreign = foreignModules(parsed.data, source);
  const findings = [...checkConfig(parsed.data), ...foreign, ...faults];
  if (findings.length > 0) return refuse(source, findings);
  return {
    ok: true,
    value: { config, source },
    warnings: [...chatWarnings(parsed.data), ...embeddingWarnings(parsed.data), ...warnings].map(
      (finding) => problemOf(source, finding),
    ),
  };
}

function refuse(source: ConfigSource, findings: readonly Finding[]): Outcome<LoadedConfig> {
  const problems = findings.slice(0, maxProblems).map((finding) => problemOf(source, finding));
  const rest = findings.length - problems.length;
  // What stands in no file comes first, then the file, then its overlay.
  const files = [null, source.file?.name, source.overlay?.name];
  const order = (problem: ConfigProblem) => files.indexOf(problem.file);
  problems.sort((a, b) => order(a) - order(b) || (a.line ?? 0) - (b.line ?? 0));
  if (rest > 0) {
    problems.push({ path: "", file: null, line: null, sentence: `… and ${rest} problems more` });
  }
  return { ok: false, problems };
}

/** A fault of a setting is reported under the setting's name: it stands in no line of the file. */
export function problemOf(source: ConfigSource, { path, sentence }: Finding): ConfigProblem {
  const own = formatPath(path);
  const setting = settingOf(source, path);
  if (setting === null) {
    const { file, line } = placeOf(source, path) ?? { file: null, line: null };
    return { path: own, file, line, sentence };
  }
  const name = setting.origin === "admin" ? own : setting.name;
  const place = { path: name, file: null, line: null };
  return { ...place, sentence: sentence.replace(own, () => name) };
}
