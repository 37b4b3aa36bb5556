import { z } from "zod";
import { nanoUsd } from "../nano-usd.ts";

/** An amount of US dollars that is a whole number of nano-USD (MON-1). */
export const usd = (about: string) =>
  z
    .number()
    .min(0)
    .max(9_000_000)
    .refine((value) => value < 0 || nanoUsd(value) !== null, {
      error: () => "has more than 9 decimals",
    })
    .describe(about);
