import { embeddedDefault } from "../trees/default-config.ts";
import { describeValues, type JsonSchema, jsonSchema, schemaObject } from "./json-schema.ts";
import { isMap } from "../schema/schema-walk.ts";

const head = `# Sekisho's configuration: every key with its default, and the embedded default's
# providers, models and tenants. Delete what should stay as it is.
# \${NAME} and \${NAME:-default} are replaced by environment variables; secrets are references:
# env:NAME or file:path.
`;

/** Entries to copy, under the section they belong to. */
const suggestions: Readonly<Record<string, readonly string[]>> = {
  providers: [
    "openai: { kind: openai, credentials: [{ id: main, apiKey: env:OPENAI_API_KEY }] }",
    "claude: { kind: anthropic, credentials: [{ id: main, apiKey: env:ANTHROPIC_API_KEY }] }",
    "aws: { kind: bedrock, region: us-east-1, credentials: [{ id: main, chain: true }] }",
    "local: { kind: openai-compatible, baseUrl: http://127.0.0.1:11434/v1 }",
  ],
  models: [
    "careful:",
    "  targets: [{ provider: sim-us-east-1, model: anthropic.claude-sonnet-4-6 }]",
    "  attempts: { max: 3, backoffMs: 1000, backoffMaxMs: 10000 }",
    "  breaker: { failures: 5, windowMs: 60000, openMs: 30000, successes: 2 }",
    "  timeouts: { firstTokenMs: 10000, betweenTokensMs: 30000, attemptMs: null, totalMs: 600000 }",
    "  defaults: { maxTokens: 1024 }",
    '"mock.*": { passThrough: { provider: sim-openai }, unpriced: allow }',
  ],
  tenants: [
    "acme:",
    "  teams: { shop: {} }",
    "  keys: [{ id: shop-web, secret: env:SHOP_KEY, team: shop, models: [fast, quality] }]",
    "  budgets: [{ scope: key, window: day, usd: 5 }]",
    "  rates: [{ scope: key, requestsPerSecond: 100, burst: 200 }]",
  ],
};

/** The suggestions as a file of their own would have them: what a reader uncomments. */
export const suggestedEntries = (section: string): string =>
  (suggestions[section] ?? []).map((line) => `  ${line}\n`).join("");

/** What `sekisho config example` prints: a file that changes nothing, to begin with. */
export function exampleConfig(): string {
  const sections = Object.entries(jsonSchema().properties ?? {}).map(([name, section]) =>
    sectionText(name, schemaObject(section)),
  );
  return [head, ...sections].join("\n");
}

function sectionText(name: string, schema: JsonSchema): string {
  const embedded: unknown = name in embeddedDefault ? { ...embeddedDefault }[name] : undefined;
  if (embedded === undefined) return keyText(name, schema, "");
  const entries = isMap(embedded) ? Object.entries(embedded) : [];
  return [
    `# ${aboutOf(schema)}`,
    `${name}:`,
    ...entries.map(([key, value]) => entryText(key, value, "  ")),
    ...(suggestions[name] ?? []).map((line) => `  # ${line}`),
    "",
  ].join("\n");
}

/** A key with its comment; a section with those of its keys below it. */
function keyText(key: string, schema: JsonSchema, indent: string): string {
  const { properties } = schema;
  const comment = `${indent}# ${aboutOf(schema)}`;
  if (properties !== undefined) {
    const below = Object.entries(properties).map(([each, child]) =>
      keyText(each, schemaObject(child), `${indent}  `),
    );
    return `${comment}\n${indent}${key}:\n${below.join("")}`;
  }
  const values = describeValues(schema);
  return `${comment} (${values})\n${indent}${key}: ${flow(schema.default)}\n`;
}

const aboutOf = (schema: JsonSchema): string =>
  schema.description ?? schemaObject(schema.anyOf?.[0]).description ?? "";

const lineLength = 100;

/** `key: value` on one line where it fits, else a line for each entry of it. */
function entryText(key: string, value: unknown, indent: string): string {
  const line = `${indent}${scalar(key)}: ${flow(value)}`;
  if (line.length <= lineLength || typeof value !== "object" || value === null) return line;
  const below = Array.isArray(value)
    ? value.map((each) => `${indent}  - ${flow(each)}`)
    : Object.entries(value).map(([each, child]) => entryText(each, child, `${indent}  `));
  return [`${indent}${scalar(key)}:`, ...below].join("\n");
}

/** A value as YAML on one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (!isMap(value)) return scalar(value);
  const entries = Object.entries(value).map(([key, child]) => `${scalar(key)}: ${flow(child)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

const plain = /^[A-Za-z./][\w./:-]*[\w/]$/;
const misread = /^(?:true|false|null|~)$/i;

function scalar(value: unknown): string {
  const isPlain = typeof value === "string" && plain.test(value) && !misread.test(value);
  return isPlain ? value : JSON.stringify(value);
}
