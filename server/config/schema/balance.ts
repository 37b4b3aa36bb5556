import type { BalanceKind } from "@sekisho/lib/resilience/balance.ts";
import { z } from "zod";

const kinds = [
  "round-robin",
  "weighted",
  "failover",
  "p2c",
  "least-busy",
  "cheapest",
] as const satisfies readonly BalanceKind[];

/** The path of a module that orders targets (REF-7). */
export type BalancePath = `${"." | "/"}${string}`;

const modulePath = /^(?:\.{1,2}\/|\/)[^\p{Cc}]{1,1000}\.m?[jt]s$/u;

const error = (): string =>
  `is not one of ${kinds.join(", ")}, nor the path of a module: ./balance.ts`;

export const balance = z
  .union(
    [
      z.enum(kinds),
      // The pattern begins as the type does; a brand would be taken for a map further on.
      z.string().regex(modulePath, { error }) as unknown as z.ZodType<BalancePath, BalancePath>,
    ],
    { error },
  )
  .describe(
    "How one of the targets of a priority is chosen; `./balance.ts`: by a module of your own.",
  );

/** Is it the path of a module? Then the module decides. */
export const isBalancePath = (value: BalanceKind | BalancePath): value is BalancePath =>
  value.startsWith(".") || value.startsWith("/");
