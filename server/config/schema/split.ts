import { z } from "zod";
import { choice, decimal, flag, section, text } from "./leaf.ts";

const aliasName = text("The name of an alias with targets, or of a chain.", 128);

/** An alias that divides its calls among others (RTE-4). */
export const bySplit = section("Aliases among which calls are divided by weight.", {
  split: z
    .record(aliasName, decimal("Its share of the calls; 0: none for now.", { min: 0, max: 10_000 }))
    .describe("The arms with their weights, at most 16. They may be set at run time too."),
  sticky: choice(
    "What stays with its arm: a session, or a user; the other one where one is absent.",
    ["session", "user", "none"],
  ).default("session"),
  salt: text("Splits with the same salt divide alike; `null`: the name of the split.", 128)
    .nullable()
    .default(null),
  mixedVectors: flag("May its calls get vectors of several models? They do not compare.").default(
    false,
  ),
});
