import { configuredSecretChars } from "@sekisho/wire/admin/keys.ts";
import { type ConfigPath, formatPath } from "../config-path.ts";
import { type ConfigSource, placeOf, settingOf, writtenInForce } from "../trees/config-source.ts";
import type { ConfigProblem, Finding } from "../problem.ts";
import { type Config, configSchema, type ConfigShape } from "../schema.ts";
import { bookText } from "../schema/book-text.ts";
import { isSecretOption } from "../schema/package-options.ts";
import { bareSchema, mapLeaves } from "../schema/schema-walk.ts";
import { type SecretText, secretText } from "../schema/secret-text.ts";
import { Secret } from "../secret.ts";
import { type BookReading, readPriceBook } from "./price-book-file.ts";
import { readSecret, type SecretSources } from "./secret-reference.ts";

export interface RevealedConfig {
  readonly config: Config;
  readonly faults: readonly Finding[];
  /** What is wrong in the file of the price book. */
  readonly bookProblems: readonly ConfigProblem[];
  /** Secrets that stand in the file themselves, where that is tolerated. */
  readonly warnings: readonly Finding[];
}

/**
 * The configuration with every secret and the price book read. Where there are faults the value is
 * of no use.
 */
export function revealedConfig(
  shape: ConfigShape,
  source: ConfigSource,
  sources: SecretSources,
): RevealedConfig {
  const faults: Finding[] = [];
  const warnings: Finding[] = [];
  const bookProblems: ConfigProblem[] = [];
  const written = writtenInForce(source);
  const config = mapLeaves({ path: [], value: shape, schema: configSchema }, (leaf) => {
    const { path, value, schema } = leaf;
    if (schema !== null && bareSchema(schema) === bookText) {
      const book = bookOf(String(value), source, sources);
      if (book.ok) return book.value;
      if ("fault" in book) faults.push({ path, sentence: `${formatPath(path)} ${book.fault}` });
      else bookProblems.push(...book.problems);
      return null;
    }
    const isSecret = schema !== null && bareSchema(schema) === secretText;
    if (value === null || !(isSecret || isSecretOption(path, value))) return value;
    const name = formatPath(path);
    const isAdmins = settingOf(source, path)?.origin === "admin";
    // The schema has made sure of it, and of an option its own test.
    const text = value as SecretText;
    const reading = readSecret(text, sources, { mayNameFiles: !isAdmins });
    if (!reading.ok) {
      faults.push({ path, sentence: `${name} ${reading.message}` });
      return null;
    }
    if (reading.isPlain && !written.has(name)) {
      const sentence = `${name} is a secret in plain text; use env:NAME or file:path`;
      (isAdmins || shape.env !== "dev" ? faults : warnings).push({ path, sentence });
    }
    return reading.secret;
  });
  // Every secret and the book were replaced, or there are faults and nobody uses this value.
  const revealed = config as Config;
  faults.push(...unfitKeys(revealed));
  return { config: revealed, faults, bookProblems, warnings };
}

const bookPath: ConfigPath = ["prices", "book"];

/** A reference made at run time cannot be used to learn what is in the machine's files. */
function bookOf(text: string, source: ConfigSource, { readFile }: SecretSources): BookReading {
  const isAdmins = settingOf(source, bookPath)?.origin === "admin";
  if (isAdmins && text !== "builtin") {
    return { ok: false, fault: "names a file, which only the file of the configuration may do" };
  }
  return readPriceBook(text, { namedIn: placeOf(source, bookPath)?.file ?? null, readFile });
}

/**
 * A short secret is soon guessed. Keys with one secret would be one key: whoever has it would be
 * either.
 */
function unfitKeys({ tenants }: Config): Finding[] {
  const { least, most } = configuredSecretChars;
  const seen = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [tenant, { keys }] of Object.entries(tenants)) {
    for (const [at, { secret }] of keys.entries()) {
      const path = ["tenants", tenant, "keys", at, "secret"];
      // One that could not be read is null here, and a fault already.
      if (!(secret instanceof Secret)) continue;
      const { length } = secret.reveal();
      if (length < least || length > most) {
        const limits = `${least} to ${most} allowed`;
        findings.push({
          path,
          sentence: `${formatPath(path)} has ${length} characters, ${limits}`,
        });
      }
      const twin = seen.get(secret.reveal());
      if (twin === undefined) seen.set(secret.reveal(), formatPath(path));
      else findings.push({ path, sentence: `${formatPath(path)} is the same as ${twin}` });
    }
  }
  return findings;
}
