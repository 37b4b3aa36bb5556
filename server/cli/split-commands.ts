import { splitRanges } from "@sekisho/wire/admin/splits.ts";
import type { Command, Option } from "./command.ts";
import { server } from "./command-options.ts";

const range: Option = {
  name: "range",
  value: "RANGE",
  about: `of which time the figures are: ${Object.keys(splitRanges).join(", ")} (default 1h)`,
  values: Object.keys(splitRanges),
};

const phase: Option = {
  name: "phase",
  value: "COUNT",
  about: "only if nobody has changed the split since this phase",
};

/** What is done with splits. */
export const splitCommands: readonly Command[] = [
  {
    name: "splits list",
    summary: "list splits with their arms, weights and figures",
    args: [],
    options: [range, ...server],
    load: async () => (await import("./splits.ts")).listSplits,
  },
  {
    name: "splits show",
    summary: "show a split, its canary and what was changed of it",
    args: ["<name>"],
    options: [range, ...server],
    load: async () => (await import("./splits.ts")).showSplit,
  },
  {
    name: "splits set",
    summary: "set weights of arms: splits set chat-ab quality=20,fast=80",
    args: ["<name>", "<weights>"],
    options: [phase, ...server],
    load: async () => (await import("./splits.ts")).setWeights,
  },
  {
    name: "splits canary",
    summary: "begin to give an arm more of the calls, step by step",
    args: ["<name>", "<arm>"],
    options: [phase, ...server],
    load: async () => (await import("./splits.ts")).beginCanary,
  },
  {
    name: "splits step",
    summary: "take a canary to its next step now",
    args: ["<name>"],
    options: [phase, ...server],
    load: async () => (await import("./splits.ts")).stepCanary,
  },
  {
    name: "splits pause",
    summary: "keep a canary at its step; a rollback may still come",
    args: ["<name>"],
    options: [phase, ...server],
    load: async () => (await import("./splits.ts")).pauseCanary,
  },
  {
    name: "splits resume",
    summary: "let a paused canary go on",
    args: ["<name>"],
    options: [phase, ...server],
    load: async () => (await import("./splits.ts")).resumeCanary,
  },
  {
    name: "splits abort",
    summary: "end a canary: all weights are as before it",
    args: ["<name>"],
    options: [phase, ...server],
    load: async () => (await import("./splits.ts")).abortCanary,
  },
  {
    name: "splits rollback",
    summary: "take all calls from an arm; without one, undo the latest change of weights",
    args: ["<name>", "[arm]"],
    options: [phase, ...server],
    load: async () => (await import("./splits.ts")).rollBack,
  },
  {
    name: "splits reset",
    summary: "give the weights of the file their say back",
    args: ["<name>"],
    options: [phase, ...server],
    load: async () => (await import("./splits.ts")).resetWeights,
  },
];
