/**
 * Who may import whom: the architecture as data. tests/tidy.test.ts reads every import, types
 * included, and fails on one that is not allowed here, on a folder that is not listed, and on a
 * listed folder that does not exist.
 *
 * A room is a folder (its own files, not those below), a single file that may do more than its
 * folder, or `folder/**` with everything below. A room may import itself and what stands behind it.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  // The contract: bytes and shapes. It knows nobody.
  wire: ["wire/canonical"],
  "wire/canonical": ["wire"],
  "wire/framing": ["wire"],
  "wire/openai": ["wire", "wire/canonical", "wire/framing"],
  "wire/anthropic": ["wire", "wire/canonical", "wire/framing"],
  "wire/gemini": ["wire", "wire/canonical", "wire/framing"],
  "wire/ai-sdk": ["wire", "wire/canonical", "wire/framing", "wire/openai"],
  "wire/bedrock": ["wire", "wire/anthropic", "wire/canonical", "wire/framing"],
  "wire/responses": ["wire", "wire/canonical", "wire/framing", "wire/openai"],
  "wire/chat": [
    "wire",
    "wire/anthropic",
    "wire/bedrock",
    "wire/canonical",
    "wire/framing",
    "wire/openai",
  ],
  "wire/library": ["wire", "wire/canonical", "wire/framing", "wire/openai"],
  "wire/stream": ["wire", "wire/canonical"],
  "wire/admin": ["wire", "wire/canonical"],

  // Building blocks: they know no product noun, and never `wire`.
  "lib/failure": [],
  "lib/text": [],
  "lib/time": ["lib/failure"],
  "lib/random": [],
  "lib/ids": ["lib/random", "lib/time"],
  "lib/signature": ["lib/time"],
  "lib/resilience": ["lib/failure", "lib/random", "lib/time"],
  "lib/telemetry": ["lib/failure", "lib/text", "lib/time"],
  "lib/event-log": ["lib/failure", "lib/time"],
  "lib/storage": ["lib/failure", "lib/random", "lib/telemetry", "lib/time"],
  "lib/storage/testing": ["lib/**"],
  "lib/http": ["lib/failure", "lib/telemetry", "lib/time"],
  "lib/http/testing": ["lib/**"],

  // Model traffic: the vocabulary at the root is for every feature, no feature knows a sibling.
  gateway: ["lib/**", "wire/**"],
  "gateway/identity": ["gateway", "lib/**", "wire/**"],
  "gateway/validate": ["gateway", "lib/**", "wire/**"],
  "gateway/limits": ["gateway", "lib/**", "wire/**"],
  "gateway/catalog": ["gateway", "lib/**", "wire/**"],
  "gateway/costing": ["gateway", "lib/**", "wire/**"],
  "gateway/route": ["gateway", "lib/**", "wire/**"],
  "gateway/attachments": ["gateway", "lib/**", "wire/**"],
  "gateway/budget": ["gateway", "lib/**", "wire/**"],
  "gateway/dispatch": ["gateway", "lib/**", "wire/**"],
  "gateway/providers": ["gateway", "lib/**", "wire/**"],
  "gateway/providers/openai": ["gateway", "gateway/providers", "lib/**", "wire/**"],
  "gateway/providers/anthropic": ["gateway", "gateway/providers", "lib/**", "wire/**"],
  "gateway/providers/bedrock": ["gateway", "gateway/providers", "lib/**", "wire/**"],
  "gateway/providers/gemini": ["gateway", "gateway/providers", "lib/**", "wire/**"],
  "gateway/providers/ai-sdk": ["gateway", "gateway/providers", "lib/**", "wire/**"],
  "gateway/reasoning": ["gateway", "lib/**", "wire/**"],
  "gateway/responses": ["gateway", "lib/**", "wire/**"],
  "gateway/cache": ["gateway", "lib/**", "wire/**"],
  "gateway/idempotency": ["gateway", "lib/**", "wire/**"],
  "gateway/replicas": ["gateway", "lib/**", "wire/**"],
  "gateway/usage": ["gateway", "lib/**", "wire/**"],
  "gateway/feedback": ["gateway", "lib/**", "wire/**"],
  "gateway/splits": ["gateway", "lib/**", "wire/**"],
  "gateway/ledger": ["gateway", "lib/**", "wire/**"],
  "gateway/observe": ["gateway", "lib/**", "wire/**"],
  // What joins features, and which of them, by their names in the gateway. No feature knows one of
  // these; each stands below those that it uses.
  "gateway/admission": joining(
    "attachments budget cache catalog identity limits responses route usage",
  ),
  "gateway/calls": joining(
    "admission budget dispatch idempotency ledger limits observe replicas responses splits",
  ),
  "gateway/embedding": joining("admission calls dispatch ledger responses validate"),
  "gateway/history": joining("admission budget calls dispatch observe route validate"),
  "gateway/cached-calls": joining(
    "admission cache calls embedding ledger limits observe responses splits",
  ),
  "gateway/token-counts": joining("admission dispatch limits observe responses validate"),
  "gateway/probing": joining("admission dispatch ledger observe route validate"),
  "gateway/explain": joining(
    "admission attachments budget dispatch history identity limits route validate",
  ),
  "gateway/pipeline.ts": joining(
    "admission cached-calls calls dispatch history responses validate",
  ),
  // A store knows its own feature's port.
  "gateway/identity/store": ["gateway", "gateway/identity", "lib/**", "wire/**"],
  "gateway/budget/store": ["gateway", "gateway/budget", "lib/**", "wire/**"],
  "gateway/responses/store": ["gateway", "gateway/responses", "lib/**", "wire/**"],
  "gateway/cache/store": ["gateway", "gateway/cache", "lib/**", "wire/**"],
  "gateway/idempotency/store": ["gateway", "gateway/idempotency", "lib/**", "wire/**"],
  "gateway/replicas/store": ["gateway", "gateway/replicas", "lib/**", "wire/**"],
  "gateway/feedback/store": ["gateway", "gateway/feedback", "lib/**", "wire/**"],
  "gateway/splits/store": ["gateway", "gateway/splits", "lib/**", "wire/**"],
  "gateway/ledger/store": ["gateway", "gateway/ledger", "lib/**", "wire/**"],

  // Providers we own. They share the contract with the gateway, never its code.
  "simulator/**": ["lib/**", "wire/**"],

  // The program. Only `edge` joins features and HTTP; only `compose` names adapters.
  server: ["gateway/observe", "lib/**", "server/**"],
  "server/config/**": [
    "lib/**",
    "server/config/check-embedding-uses.ts",
    "server/config/check-vectors.ts",
    "wire/**",
  ],
  // Which models make vectors the catalogue knows.
  "server/config/check-embedding-uses.ts": [
    "gateway/catalog",
    "lib/**",
    "server/config/**",
    "wire/**",
  ],
  "server/config/check-vectors.ts": [
    "gateway",
    "gateway/catalog",
    "lib/**",
    "server/config/**",
    "wire/**",
  ],
  "server/settings": ["lib/**", "server/config/**", "wire/**"],
  "server/settings/store": ["lib/**", "server/config/**", "server/settings"],
  "server/audit": ["lib/**", "wire/**"],
  "server/audit/store": ["lib/**", "server/audit"],
  "server/edge/**": [
    "gateway/**",
    "lib/**",
    "server/audit",
    "server/config/**",
    "server/settings",
    "wire/**",
  ],
  // Only supervisors fork, and workers talk to them.
  "server/processes": ["gateway/observe", "lib/**"],
  "server/cli": ["lib/**", "server", "server/config/**", "wire/**"],
  "server/compose": ["gateway/**", "lib/**", "server/**", "simulator/**", "wire/**"],
  // What programs import: calls without HTTP.
  "server/library": [
    "gateway/**",
    "lib/**",
    "server/compose",
    "server/config/**",
    "server/edge/**",
    "wire/**",
  ],

  // The operator's page: it runs in browsers, and talks to nothing but the admin API.
  console: ["console/**", "wire/admin"],
  "console/browser": ["console/words", "wire/admin"],
  "console/words": ["wire/admin"],
  "console/live": ["console/browser", "lib/telemetry", "wire/admin"],
  "console/parts": ["console/browser", "console/live", "console/words", "lib/telemetry"],
  "console/splits": [
    "console/browser",
    "console/live",
    "console/parts",
    "console/words",
    "wire/admin",
  ],
  "console/router": [
    "console/browser",
    "console/live",
    "console/parts",
    "console/words",
    "wire/admin",
  ],
  "console/overview": [
    "console/browser",
    "console/live",
    "console/parts",
    "console/router",
    "console/splits",
    "console/words",
    "lib/telemetry",
    "wire/admin",
  ],
  "console/shell": [
    "console/browser",
    "console/live",
    "console/overview",
    "console/parts",
    "console/words",
    "wire/admin",
  ],

  // What browsers and programs use to reach the gateway: of it they know the words alone.
  client: ["client/host", "wire/canonical", "wire/stream"],
  "client/host": [],
  "client/react": ["client"],
  "client/ai": ["client"],

  // What crosses folders may import anything.
  "": [],
  "tests/**": ["**"],
  // They import the package as its users do.
  "examples/**": [],
  "bench/**": ["**"],
  "scripts/**": ["**"],
};

/** A room of the gateway that joins features: it may import these beside the vocabulary. */
function joining(names: string): readonly string[] {
  const joined = names.split(" ").map((name) => `gateway/${name}`);
  return ["gateway", ...joined, "lib/**", "wire/**"];
}

/** Whom a package's unit tests may import: their subject and the fakes of any room below it. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  wire: ["wire/**"],
  lib: ["lib/**"],
  gateway: ["gateway/**", "lib/**", "wire/**"],
  simulator: ["lib/**", "simulator/**", "wire/**"],
  console: ["console/**", "lib/**", "wire/**"],
  client: ["client/**", "lib/**", "wire/**"],
  server: ["**"],
};

/** Adapters: only these rooms name them, everybody else names the port. Tests may. */
export const adapters: Readonly<Record<string, readonly string[]>> = {
  "lib/http/dns-resolver.ts": ["server/compose"],
  "lib/http/guarded-fetch.ts": ["server/compose"],
  "lib/http/listener.ts": ["server/compose"],
  "lib/http/tcp-dialer.ts": ["server/compose"],
  "lib/http/undici-upstream.ts": ["server/compose"],
  "lib/random/seeded-random.ts": ["simulator/**"],
  "lib/random/system-random.ts": ["server/compose"],
  "lib/storage/memory-writer.ts": [],
  "lib/storage/sqlite-reader.ts": ["server/compose"],
  "lib/storage/sqlite-writer.ts": ["server/compose"],
  // Programs and worker threads make the clock of their process or thread.
  "lib/time/system-clock.ts": ["lib/storage", "server", "server/compose", "simulator/**"],
  "lib/time/virtual-clock.ts": [],
  "gateway/*/store/*": ["server/compose"],
  "server/*/store/*": ["server/compose"],
};

/** Modules from outside and the rooms that may import them. One that is not listed is refused. */
export const outside: Readonly<Record<string, readonly string[]>> = {
  "@aws-sdk/credential-providers": ["server/compose"],
  "node:buffer": ["**"],
  "node:crypto": [
    "gateway/history",
    "gateway/cache",
    "gateway/idempotency",
    "gateway/identity",
    "gateway/reasoning",
    "lib/random",
    "lib/signature",
    "lib/storage",
    "server/**",
    "simulator/**",
  ],
  "node:dns": ["lib/http"],
  "node:events": ["lib/http", "lib/storage"],
  "node:fs": ["*/*/store", "lib/storage", "server/**"],
  "node:http": ["lib/http", "server/cli", "simulator/**"],
  "node:http2": ["lib/http", "simulator/**"],
  "node:https": ["lib/http", "server/cli"],
  "node:module": ["lib/storage", "server", "server/config/**"],
  "node:net": ["lib/http", "server/cli", "server/config/**", "simulator/**"],
  "node:os": ["server/cli", "server/compose"],
  "node:cluster": ["server/processes"],
  "node:path": ["*/*/store", "lib/storage", "server/**"],
  "node:sqlite": ["lib/storage"],
  "node:stream": ["lib/telemetry"],
  "node:tls": ["lib/http"],
  "node:url": ["lib/storage", "server/**"],
  "node:v8": ["server/compose"],
  "node:util": ["server/**", "simulator/**"],
  "node:worker_threads": ["lib/storage"],
  "node:zlib": ["gateway/identity", "lib/http", "lib/storage", "simulator/**", "wire/framing"],
  jose: ["gateway/identity"],
  react: ["client/react", "console/**"],
  "react-dom": ["console"],
  undici: ["lib/http"],
  ws: ["lib/http"],
  uplot: ["console/parts"],
  yaml: ["server/config/**"],
  zod: ["server/config/**"],
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
  Date: ["lib/time"],
  performance: ["client/host", "console/browser", "lib/time"],
  "process.hrtime": ["lib/time"],
  setTimeout: ["client/host", "console/browser", "lib/storage", "lib/time"],
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
  setTimeout: ["lib/http/**", "lib/time"],
  setInterval: ["lib/http/**", "lib/time"],
  setImmediate: ["lib/http/**", "lib/storage/**", "lib/time"],
  "AbortSignal.timeout": [],
  "Math.random": ["lib/random"],
  randomUUID: [],
};

/** Files that run when they are imported: programs and worker threads. */
export const programs: readonly string[] = [
  "console/main.tsx",
  "lib/storage/sqlite-writer-boot.js",
  "lib/storage/sqlite-writer-thread.ts",
  "server/bin.js",
  "server/main.ts",
  "simulator/main.ts",
];

/** Packages have one door: these files alone hand on what others export. */
export const doors: readonly string[] = ["server/library/sekisho.ts"];
