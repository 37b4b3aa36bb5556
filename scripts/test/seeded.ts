import { registerHooks } from "node:module";

/** Preloaded in every test process: whoever asks for fast-check gets it with the run's seed. */
const seeded = new URL("seeded-fast-check.ts", import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "fast-check" && context.parentURL !== seeded
      ? { url: seeded, shortCircuit: true }
      : next(specifier, context),
});
