import { z } from "zod";
import type { ConfigPath } from "../config-path.ts";
import { isSecretKey } from "../wording/show-value.ts";

/** As npm has it, with a path inside it or without. */
const npmName =
  /^(?:@[a-z0-9][a-z0-9._-]{0,100}\/)?[a-z0-9][a-z0-9._-]{0,100}(?:\/[\w.-]{1,100})*$/;
const modulePath = /^(?:\.{1,2}\/|\/)[^\p{Cc}]{1,1000}\.m?[jt]s$/u;

export const packageName = z
  .string()
  .refine((value) => npmName.test(value) || modulePath.test(value), {
    error: () => "is neither the name of a package, nor the path of a module: ./provider.ts",
  })
  .describe("The name of an installed package, or `./provider.ts`: a module of your own.");

/** Is it the path of a module, and no name? */
export const isModulePath = (value: string): boolean => modulePath.test(value);

/** Whatever the factory of a package takes, as JSON has it. */
export const packageOptions = z
  .record(
    z.string().min(1).max(128),
    z.unknown().describe("What the factory takes under the name."),
  )
  .describe("What the factory of the package is given. `env:NAME` and `file:path` are secrets.")
  .default({});

/**
 * Is the text at this path one of a package's options that is kept as a secret: by what it says, or
 * by what it is called?
 */
export function isSecretOption(path: ConfigPath, value: unknown): value is string {
  const [section, , key, ...below] = path;
  if (section !== "providers" || key !== "options" || typeof value !== "string") return false;
  return /^(?:env|file):/.test(value) || below.some(isSecretKey);
}
