import { z } from "zod";
import { nanoUsd } from "../nano-usd.ts";

const usualMost = 9_000_000;

/** An amount of US dollars that is a whole number of nano-USD (MON-1). */
export const usd = (about: string, most = usualMost) =>
  z
    .number()
    .min(0)
    .max(most)
    // What is out of the limits is told so, and nothing else.
    .refine((value) => value < 0 || value > most || nanoUsd(value) !== null, {
      error: () => "has more than 9 decimals",
    })
    .describe(about);
