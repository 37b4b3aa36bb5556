import { z } from "zod";
import { choice, decimal, flag, millis, section, text, wholeNumber } from "./leaf.ts";

const aliasName = text("The name of an alias with targets, or of a chain.", 128);

const requests = (about: string) => wholeNumber(about, { min: 1, max: 1_000_000 }).default(100);

const rollback = section("When an arm loses its calls by itself; `null`: never.", {
  errorRate: decimal("Its calls fail by more than this share …", { min: 0, max: 1 }).default(0.05),
  minRequests: requests("… of at least so many …"),
  windowMs: wholeNumber("… in this time …", { min: 1_000, max: 3_600_000 }).default(300_000),
  falseAlarm: decimal(
    "… by more than chance: an arm whose errors are at `errorRate` shows so many this rarely; " +
      "1: whatever is above it counts.",
    { min: 0.000_001, max: 1 },
  ).default(0.15),
  timesOthers: decimal(
    "Where the others fail by more than `errorRate` too, an arm stays that fails less than so " +
      "many times as often; 0: whatever they do.",
    { min: 0, max: 100 },
  ).default(1.5),
});

const canary = section("How a canary goes on by itself, once an administrator has begun it.", {
  steps: z
    .array(decimal("A share in percent.", { min: 0.01, max: 100 }))
    .min(1)
    .max(20)
    .describe("The shares in percent that the arm has, ascending.")
    .default([1, 10, 50, 100]),
  minRequests: requests("A step lasts until it has had so many calls of the arm …"),
  minMs: millis("… and at least for so long.").default(300_000),
}).prefault({});

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
  rollback: rollback.nullable().prefault({}),
  canary,
  mixedVectors: flag("May its calls get vectors of several models? They do not compare.").default(
    false,
  ),
});
