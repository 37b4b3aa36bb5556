import type { Principal } from "../principal.ts";

/** Probes are booked under this tenant; nobody else can have it. */
export const probeTenant = "sekisho";

/** What stands for the surface, the key and the model's name in rows of probes. */
export const probeName = "probe";

/** Who probes. */
export const prober: Principal = Object.freeze({
  keyId: probeName,
  tenant: probeTenant,
  team: null,
  role: "client",
  models: [],
  surfaces: [],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
});

/** A chat completion: the shortest question that is one. */
export const probeBody = (): Buffer =>
  Buffer.from(JSON.stringify({ model: probeName, messages: [{ role: "user", content: "ping" }] }));

/** The least that a model can be asked for. */
export const probeTokens = 1;

/** A probe that takes longer has failed. */
export const probeMs = 5_000;
