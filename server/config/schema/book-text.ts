import { z } from "zod";

const allowed = /^(?:builtin|[^\p{Cc}]{1,1000}\.(?:json|ya?ml))$/u;

const error = (): string => "is neither builtin nor the path of a file: ./prices.yaml, .yml, .json";

/** The price book as the file has it. This one schema object is how the value is found and read. */
export const bookText = z
  .string()
  .regex(allowed, { error })
  .describe(
    "The price book: `builtin`, or the path of a file laid over it, relative to the file that " +
      "names it: `./prices.yaml`.",
  )
  .brand<"BookText">();

export type BookText = z.output<typeof bookText>;
