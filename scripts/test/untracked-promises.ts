import asyncHooks from "node:async_hooks";

/**
 * Preloaded where tests make millions of promises: node:test would note for each of them, and until
 * it is collected, to which test it belongs, in simulations a third of their time. What it is for
 * stays but for a name: an error that nobody handles fails the file and is told, not the test.
 */
const { createHook } = asyncHooks;
asyncHooks.createHook = (options) => createHook({ ...options, trackPromises: false });
