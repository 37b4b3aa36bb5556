/**
 * What the rooms of layers.ts may reach beyond the files of this repository: modules, time, chance
 * and the environment. tests/tidy.test.ts refuses the rest.
 */

/** Modules from outside and the rooms that may import them. One that is not listed is refused. */
export const outside: Readonly<Record<string, readonly string[]>> = {
  "@aws-sdk/credential-providers": ["server/compose/providers"],
  "node:buffer": ["**"],
  "node:crypto": [
    "gateway/history",
    "gateway/cache",
    "gateway/idempotency",
    "gateway/identity",
    "gateway/reasoning",
    "lib/random",
    "lib/signature",
    "lib/storage/chains",
    "lib/storage/database",
    "server/**",
    "simulator/**",
  ],
  "node:dns": ["lib/http/egress"],
  "node:events": ["lib/http/listener", "lib/http/websocket"],
  "node:fs": [
    "*/*/store",
    "lib/storage/ahead",
    "lib/storage/database",
    "lib/storage/writer-thread",
    "server/**",
  ],
  "node:http": [
    "lib/http/exchange",
    "lib/http/listener",
    "lib/http/websocket",
    "server/cli",
    "simulator/**",
  ],
  "node:http2": ["lib/http/exchange", "lib/http/listener", "simulator/**"],
  "node:https": ["lib/http/listener", "server/cli"],
  "node:module": ["lib/storage/writer-thread", "server", "server/config/modules"],
  "node:net": ["lib/http/**", "server/cli", "server/config/derived", "simulator/**"],
  "node:os": [
    "server/cli",
    "server/compose/process",
    "server/compose/storage",
    "server/compose/streams",
  ],
  "node:cluster": ["server/processes"],
  "node:path": ["*/*/store", "lib/storage/ahead", "lib/storage/writer-thread", "server/**"],
  "node:sqlite": ["lib/storage/*"],
  "node:stream": ["lib/telemetry"],
  "node:tls": ["lib/http/egress", "lib/http/listener", "lib/http/upstream"],
  "node:url": ["server/**"],
  "node:v8": ["server/compose/process"],
  "node:util": ["server/**", "simulator/**"],
  "node:worker_threads": ["lib/storage/writer-thread"],
  "node:zlib": [
    "gateway/identity",
    "lib/http",
    "lib/storage/ahead",
    "simulator/**",
    "wire/framing",
  ],
  jose: ["gateway/identity"],
  react: ["client/react", "console/**"],
  "react-dom": ["console"],
  undici: ["lib/http/egress", "lib/http/upstream"],
  ws: ["lib/http/websocket"],
  uplot: ["console/parts"],
  yaml: ["server/config/reading"],
  zod: [
    "server/config",
    "server/config/docs",
    "server/config/schema",
    "server/config/trees",
    "server/config/wording",
  ],
};

/** What only tests may import, beside `node:` modules. */
export const testModules: readonly string[] = [
  "@ai-sdk/amazon-bedrock",
  "@ai-sdk/anthropic",
  "@ai-sdk/openai",
  "@anthropic-ai/bedrock-sdk",
  "@anthropic-ai/sdk",
  "@aws-sdk/client-bedrock-runtime",
  "@google/genai",
  "@langchain/core",
  "@langchain/openai",
  "@smithy/node-http-handler",
  "ai",
  "fast-check",
  "jose",
  "oidc-provider",
  "openai",
  "undici",
  "yaml",
];

/** Time, chance and environment reached without a port, and the rooms that are their adapters. */
export const ambient: Readonly<Record<string, readonly string[]>> = {
  Date: ["console/browser", "lib/time"],
  performance: ["client/host", "console/browser", "lib/time"],
  "process.hrtime": ["lib/time"],
  setTimeout: ["client/host", "console/browser", "lib/time"],
  setInterval: ["console/browser", "lib/time"],
  setImmediate: ["lib/time"],
  "AbortSignal.timeout": [],
  "Math.random": ["client/host", "lib/random"],
  randomUUID: [],
  randomBytes: ["lib/random"],
  getRandomValues: [],
  globalThis: ["client/host"],
  eval: [],
  "process.env": ["server", "server/cli", "server/library"],
};

/**
 * The same for tests beside sources. Sockets and threads keep time of their own: their tests hold
 * a slow peer or let the event loop turn. `Date` with an argument only converts.
 */
export const ambientInTests: Readonly<Record<string, readonly string[]>> = {
  "Date.now": ["lib/time"],
  "new Date()": ["lib/time"],
  performance: ["lib/time"],
  "process.hrtime": ["lib/time"],
  setTimeout: ["lib/http/egress", "lib/http/testing", "lib/time"],
  setInterval: ["lib/http/listener", "lib/time"],
  setImmediate: ["lib/http/testing", "lib/storage/writer-thread", "lib/time"],
  "AbortSignal.timeout": [],
  "Math.random": ["lib/random"],
  randomUUID: [],
};
