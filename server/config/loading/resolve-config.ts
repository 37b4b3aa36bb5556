import { allowListWarnings } from "../checks/check-allow-lists.ts";
import { chatWarnings } from "../checks/check-chat.ts";
import { embeddingWarnings } from "../checks/check-embedding-uses.ts";
import { checkConfig } from "../checks/check-config.ts";
import { foreignModules } from "../checks/foreign-modules.ts";
import { formatPath } from "../config-path.ts";
import { holdingPart } from "../trees/holding-part.ts";
import { type ConfigSource, placeOf, settingOf, writtenInForce } from "../trees/config-source.ts";
import { mergedTree } from "../trees/merged-tree.ts";
import type { ConfigProblem, Finding, Outcome } from "../problem.ts";
import { revealedConfig } from "./revealed-config.ts";
import { valueHider } from "./value-hider.ts";
import type { Config } from "../schema.ts";
import type { SecretSources } from "./secret-reference.ts";

/** A configuration that holds, and what it was made of. */
export interface LoadedConfig {
  readonly config: Config;
  readonly source: ConfigSource;
}

/** Nobody reads more at once, and each costs a search for its line. */
const maxProblems = 200;

/**
 * Lays the settings over the file, validates the whole, fills in defaults and reads secrets and the
 * price book. Where
 * something is wrong, all that can be known to be is told: a fault hides none but what may follow
 * from it.
 */
export function resolveConfig(source: ConfigSource, sources: SecretSources): Outcome<LoadedConfig> {
  const unread = [source.file, source.overlay].flatMap((file) => file?.faults ?? []);
  const places = unread.map(({ path }) => path);
  const written = writtenInForce(source);
  const { config: shape, faults, blind } = holdingPart(mergedTree(source), written, places);
  const told = unread.map(({ problem }) => problem);
  if (shape === null) return refuse(source, told, faults);
  const revealed = revealedConfig(shape, source, sources);
  const { config, faults: unrevealed, bookProblems, warnings } = revealed;
  told.push(...bookProblems);
  const looked = [...checkConfig(shape), ...foreignModules(shape, source), ...unrevealed];
  const seen = looked.filter((each) => !blind.hides(each));
  const hide = valueHider(source);
  const findings = [...faults, ...seen.map((each, at) => (at < maxProblems ? hide(each) : each))];
  if (told.length + findings.length > 0) return refuse(source, told, findings);
  return {
    ok: true,
    value: { config, source },
    warnings: [
      ...chatWarnings(shape),
      ...embeddingWarnings(shape),
      ...allowListWarnings(shape),
      ...warnings,
    ].map((finding) => problemOf(source, hide(finding))),
  };
}

function refuse(
  source: ConfigSource,
  told: readonly ConfigProblem[],
  findings: readonly Finding[],
): Outcome<LoadedConfig> {
  const problems = told.slice(0, maxProblems);
  const most = maxProblems - problems.length;
  problems.push(...findings.slice(0, most).map((finding) => problemOf(source, finding)));
  const rest = told.length + findings.length - problems.length;
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
