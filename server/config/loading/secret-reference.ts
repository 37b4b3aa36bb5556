import type { SecretText } from "../schema/secret-text.ts";
import type { Variables } from "../reading/substitute.ts";
import { asksFor } from "../schema/not-yet.ts";
import { Secret } from "../secret.ts";

/** Where secrets are read from. */
export interface SecretSources {
  readonly variables: Variables;
  /** Throws when the file cannot be read. */
  readonly readFile: (path: string) => Uint8Array;
}

export type SecretReading =
  | { readonly ok: true; readonly secret: Secret; readonly isPlain: boolean }
  /** The reference is not repeated in the message where it may be the secret itself. */
  | { readonly ok: false; readonly message: string };

const later = [
  ["aws-secret:", "secrets from AWS Secrets Manager"],
  ["aws-ssm:", "secrets from AWS Systems Manager"],
] as const;

const maxChars = 4096;
const variableName = /^[A-Za-z_]\w*$/;
/** What an HTTP header carries unchanged. */
const headerSafe = /^[\x21-\x7e]+$/;

/**
 * Reads what `env:NAME` or `file:path` names; any other text is the secret itself. Without
 * `mayNameFiles` a reference cannot be used to learn what is in the machine's files.
 */
export function readSecret(
  text: SecretText,
  sources: SecretSources,
  { mayNameFiles }: { readonly mayNameFiles: boolean },
): SecretReading {
  const feature = later.find(([prefix]) => text.startsWith(prefix))?.[1];
  if (feature !== undefined) return { ok: false, message: asksFor(feature) };
  if (text.startsWith("env:")) return fromVariable(text.slice("env:".length), sources);
  if (text.startsWith("file:") && !mayNameFiles) {
    return { ok: false, message: "names a file, which only the file of the configuration may do" };
  }
  if (text.startsWith("file:")) return fromFile(text.slice("file:".length), sources);
  return checked(text, { what: "the secret", isPlain: true });
}

function fromVariable(name: string, { variables }: SecretSources): SecretReading {
  if (!variableName.test(name)) return { ok: false, message: "names no variable after env:" };
  const value = variables[name];
  if (value === undefined || value === "") {
    return { ok: false, message: `names the variable ${name}, which is not set` };
  }
  return checked(value, { what: `the variable ${name}`, isPlain: false });
}

function fromFile(path: string, { readFile }: SecretSources): SecretReading {
  if (path === "") return { ok: false, message: "names no file after file:" };
  let bytes: Uint8Array;
  try {
    bytes = readFile(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    return { ok: false, message: `names the file ${path}, which cannot be read: ${code}` };
  }
  // Editors and `echo` end a file with a line break that is no part of the secret.
  const value = Buffer.from(bytes).toString("latin1").trimEnd();
  return checked(value, { what: `the file ${path}`, isPlain: false });
}

function checked(
  value: string,
  { what, isPlain }: { readonly what: string; readonly isPlain: boolean },
): SecretReading {
  if (value === "") return { ok: false, message: `is empty: ${what} holds nothing` };
  if (value.length > maxChars) {
    const limit = `the limit is ${maxChars}`;
    return { ok: false, message: `is too long: ${what} has ${value.length} characters, ${limit}` };
  }
  if (!headerSafe.test(value)) {
    const rule = "has blanks or characters outside printable ASCII";
    return { ok: false, message: `cannot be sent in a header: ${what} ${rule}` };
  }
  return { ok: true, secret: new Secret(value), isPlain };
}
