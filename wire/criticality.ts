/**
 * How much depends on a call, the most important first: under load the last are refused first
 * (RTE-17). Said by `x-sekisho-criticality`, capped by the key.
 */
export const criticalities = ["critical+", "critical", "sheddable+", "sheddable"] as const;

export type Criticality = (typeof criticalities)[number];

/** What a call is that says nothing, and the most that a key may say that nothing is said of. */
export const usualCriticality: Criticality = "critical";

/** The less important of the two. */
export const lesserCriticality = (a: Criticality, b: Criticality): Criticality =>
  criticalities.indexOf(a) > criticalities.indexOf(b) ? a : b;
