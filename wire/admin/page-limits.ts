/** How many rows a page may have, of whatever it is. */
export const pageLimits = { least: 1, most: 1_000 } as const;
