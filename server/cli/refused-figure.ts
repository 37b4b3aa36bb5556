import { cliFailure } from "./terminal.ts";

/** The value of an option that should have been a figure: what is wrong with it, and its limit. */
export const refusedFigure = (option: string, text: string, why: string) =>
  cliFailure(
    "usage",
    `Cannot read --${option} ${text}: ${/^-[\d.,]/.test(text) ? "it must be 0 or more" : why}`,
  );
