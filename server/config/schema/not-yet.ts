import { z } from "zod";

type Scalar = string | number | boolean | null;

/** What a file is told that asks for a documented feature before it exists. */
export const asksFor = (feature: string): string =>
  `asks for ${feature}, which this version does not have`;

/** Is this sentence one of `asksFor`'s? */
export const isAsking = (message: string): boolean => message.startsWith("asks for ");

/**
 * A documented key whose feature does not exist yet. Only the values that mean "off" pass, so that
 * no file believes in something that nobody does; the first of them is the default.
 */
export function notYet<const Off extends Scalar>(feature: string, off: readonly [Off, ...Off[]]) {
  return z
    .literal(off, { error: () => asksFor(feature) })
    .describe(`Not in this version: ${feature}.`)
    .default(() => off[0]);
}

/** Like `notYet`, for a map that must stay empty. */
export const notYetMap = (feature: string) =>
  z
    .record(z.string(), z.never({ error: () => asksFor(feature) }))
    .describe(`Not in this version: ${feature}.`)
    .default({});

/** Like `notYet`, for a list that must stay empty. */
export const notYetList = (feature: string) =>
  z
    .array(z.unknown())
    .max(0, { error: () => asksFor(feature) })
    .describe(`Not in this version: ${feature}.`)
    .default([]);
