import { z } from "zod";

/**
 * A secret as the file has it: a reference, or the secret itself. Every secret key is this one
 * schema object, which is how the values are found that must be read, and must never be shown.
 */
export const secretText = z
  .string()
  .min(1)
  .max(8192)
  .describe(
    "A secret: `env:NAME`, `file:path`, or the secret itself in `env: dev` (with a warning).",
  )
  .brand<"SecretText">();

export type SecretText = z.output<typeof secretText>;
