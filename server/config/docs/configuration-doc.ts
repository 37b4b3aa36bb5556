import {
  describeValues,
  type JsonSchema,
  jsonSchema,
  mapOptions,
  schemaObject,
} from "./json-schema.ts";
import { changes } from "../run-time.data.ts";
import { fileSetting, settingRows } from "../settings.data.ts";
import { formatPath } from "../config-path.ts";

const intro = `# Configuration

This page is generated from \`server/config/schema.ts\` and held to it by a test.

One file, \`sekisho.yaml\`, \`sekisho.yml\` or \`sekisho.json\`, says what differs from the
defaults. It is named by \`--config\` or \`SEKISHO_CONFIG\`, or found in the current folder.
Every key is optional. A file without \`providers\` and \`models\` gets those of the embedded
default, one without \`tenants\` gets its tenant \`demo\`. An empty value (\`listen:\`)
counts as absent.

- \`sekisho config example\` prints the embedded default as a file, with a comment on every key.
- \`sekisho config check\` prints every fault of a file, each with its line. What may
  follow from a fault (a name under a misspelt key, a limit beside one that is no number) is told
  once that one is mended; modules and packages are tried when nothing else is wrong.
- \`sekisho config show --origin\` prints every value in force and where it comes from.

Beside the file an overlay may stand that is laid over it in one environment alone:
\`sekisho.prod.yaml\`, [and so on](environments.md).

Later wins: default, file, overlay, environment, flag, change by the admin API.

A key of a feature that this version does not have is accepted with the value that means "off" or
with its default, and refused with any other: nothing is accepted that nobody does.

## Variables in texts

\`\${NAME}\` is replaced by an environment variable, \`\${NAME:-default}\` has a default for one
that is unset or empty, \`$\${\` stands for \`\${\` itself. Where a number or a flag is wanted, the
text is read as one. Inside \`{ }\` and \`[ ]\` it is quoted: \`{ port: "\${PORT:-8080}" }\`.
Faults and warnings show the text as it was written, never what a variable holds.

## Secrets

A secret is a reference: \`env:NAME\` for a variable, \`file:path\` for a file without its last line
break. The secret itself is accepted in \`env: dev\` with a warning, and refused in \`staging\` and
\`prod\`. Changes by the admin API name variables only. Paths are relative to the current folder.
`;

/** docs/operating/configuration.md, whole. */
export function configurationDoc(): string {
  const schema = jsonSchema();
  const sections = Object.entries(schema.properties ?? {}).map(([name, section]) =>
    sectionDoc(name, schemaObject(section)),
  );
  return [intro, variablesDoc(), changesDoc(), "## Keys\n", ...sections].join("\n");
}

function variablesDoc(): string {
  const rows = settingRows.map(({ variable, flag, path }) => [
    code(variable),
    code(`--${flag}`),
    code(formatPath(path)),
  ]);
  const file = [code(fileSetting.variable), code(`--${fileSetting.flag}`), "the file"];
  const table = tableOf(["variable", "flag", "sets"], [file, ...rows]);
  const rule = "A flag wins over its variable. An empty variable counts as unset.";
  return ["## Variables and flags\n", `${rule}\n`, table].join("\n");
}

function changesDoc(): string {
  const of = (kind: string) =>
    Object.entries(changes)
      .filter(([, each]) => each === kind)
      .map(([name]) => code(name))
      .join(", ");
  return `## Changes while running

A reload and the admin API validate the whole configuration first; when it does not hold, the last
good one stays.

- At once: ${of("live")}.
- At the next start: ${of("restart")}.

A change by the admin API names a path as errors do (\`models.fast.timeouts.totalMs\`,
\`models["mock.*"]\`) and replaces all that is below it. Lists are replaced as a whole.
`;
}

function sectionDoc(name: string, section: JsonSchema): string {
  const tables = tablesOf([name], section).map(({ about, rows }) => {
    const table = tableOf(["key", "values", "default", "meaning"], rows);
    return about === null ? table : `${about}\n\n${table}`;
  });
  const isLeaf = section.properties === undefined && entryOf(section) === null;
  return [`### ${name}\n`, ...(isLeaf ? [] : [`${aboutOf(section)}\n`]), ...tables].join("\n");
}

interface DocTable {
  /** What the rows are the keys of, for one of several kinds of entry. */
  readonly about: string | null;
  readonly rows: readonly (readonly string[])[];
}

/** One table, or one for each kind of entry that a map may have. */
function tablesOf(path: readonly string[], section: JsonSchema): DocTable[] {
  const entry = entryOf(section);
  const options = entry === null ? [] : mapOptions(entry);
  const [name = ""] = path;
  if (options.length === 0) return [{ about: null, rows: rowsOf(path, section, null) }];
  return options.map((option) => ({
    about: aboutOf(option),
    rows: rowsOf([name, "<name>"], option, null),
  }));
}

/** The schema of the values under names of the file's own choice; null for other maps. */
function entryOf({ additionalProperties }: JsonSchema): JsonSchema | null {
  const isOpen = typeof additionalProperties === "object" && !("not" in additionalProperties);
  return isOpen ? schemaObject(additionalProperties) : null;
}

function rowsOf(
  path: readonly string[],
  schema: JsonSchema,
  preset: string | null,
): (readonly string[])[] {
  const entry = entryOf(schema);
  if (entry !== null) return rowsOf([...path, "<name>"], entry, "required");
  const items = schemaObject(schema.items);
  const list = [...path.slice(0, -1), `${path.at(-1)}[]`];
  if (items.properties !== undefined) return rowsOf(list, items, null);
  const forms = mapOptions(items);
  if (forms.length > 0) return formRows(list, forms);
  const { properties, required = [] } = schema;
  if (properties === undefined || Object.keys(properties).length === 0) {
    const shown = preset ?? code(JSON.stringify(schema.default));
    return [[code(path.join(".")), describeValues(schema), shown, aboutOf(schema)]];
  }
  return Object.entries(properties).flatMap(([key, child]) =>
    rowsOf([...path, key], schemaObject(child), required.includes(key) ? "required" : null),
  );
}

/** Of a list whose entries have one of several forms: the keys of all of them, each once. */
function formRows(path: readonly string[], forms: readonly JsonSchema[]): (readonly string[])[] {
  const rows = new Map<string, readonly string[]>();
  for (const form of forms) {
    for (const [key, child] of Object.entries(form.properties ?? {})) {
      const isInAll = forms.every(({ properties = {} }) => Object.hasOwn(properties, key));
      for (const row of rowsOf([...path, key], schemaObject(child), "required")) {
        const [name = "", values = "", preset = "", about = ""] = row;
        const shown = preset === "required" && !isInAll ? "one of these" : preset;
        rows.set(name, [name, values, shown, about]);
      }
    }
  }
  return [...rows.values()];
}

/** A nullable schema has its words at the first of its options. */
const aboutOf = (schema: JsonSchema): string =>
  schema.description ?? schemaObject(schema.anyOf?.[0]).description ?? "";

const code = (text: string): string => `\`${text}\``;

/** A Markdown table with its columns aligned, as the formatter leaves it. */
function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], fill: string) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(" | ")} |`;
  const rule = line(
    head.map(() => "---"),
    "-",
  );
  return [line(head, " "), rule, ...rows.map((row) => line(row, " ")), ""].join("\n");
}
