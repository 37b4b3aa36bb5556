/**
 * Who may import whom: the architecture as data. tests/tidy.test.ts reads every import, types
 * included, and fails on one that is not allowed here, on a folder that is not listed, and on a
 * listed folder that does not exist.
 *
 * A room is a folder (its own files, not those below), a single file that may do more than its
 * folder, or `folder/**` with everything below. A room may import itself and what stands behind it.
 * What of the world outside a room may reach, modules and time and chance, stands in outside.ts.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  // The contract: bytes and shapes. It knows nobody.
  wire: ["wire/canonical"],
  "wire/canonical": ["wire"],
  "wire/framing": ["wire"],
  "wire/openai": speaking(),
  "wire/openai/embedding": speaking("openai"),
  "wire/anthropic": speaking("anthropic/claude"),
  "wire/anthropic/claude": ["wire", "wire/canonical"],
  "wire/gemini": speaking(),
  "wire/ai-sdk": speaking("openai"),
  "wire/bedrock": speaking("anthropic anthropic/claude bedrock/usual-frames"),
  "wire/bedrock/usual-frames": ["wire", "wire/framing"],
  "wire/bedrock/invoke": speaking("anthropic anthropic/claude bedrock bedrock/usual-frames"),
  "wire/bedrock/embedding": speaking("anthropic bedrock bedrock/invoke"),
  // Codecs stand at the root of their dialect, and join it with the rooms beside it.
  "wire/openai/embedding-codec.ts": speaking("openai openai/embedding"),
  "wire/bedrock/codec.ts": speaking("anthropic bedrock bedrock/invoke"),
  "wire/bedrock/count-tokens.ts": speaking("bedrock bedrock/invoke"),
  "wire/bedrock/embedding-codec.ts": speaking("bedrock bedrock/embedding bedrock/invoke"),
  "wire/responses": speaking("openai"),
  "wire/chat": speaking("anthropic bedrock openai"),
  "wire/library": speaking("openai"),
  "wire/stream": ["wire", "wire/canonical"],
  "wire/admin": ["wire", "wire/canonical"],

  // Building blocks: they know no product noun, and never `wire`.
  "lib/failure": [],
  "lib/text": [],
  "lib/time": [],
  "lib/random": [],
  "lib/ids": ["lib/random", "lib/time"],
  "lib/signature": ["lib/time"],
  "lib/resilience": ["lib/random"],
  "lib/telemetry": ["lib/failure", "lib/time"],
  "lib/event-log": ["lib/time"],
  // The roots of storage and http have the ports and their words, and know none of their rooms.
  "lib/storage": ["lib/failure"],
  "lib/storage/chains": ["lib/storage"],
  "lib/storage/commits": within("lib", "failure storage storage/chains telemetry time"),
  "lib/storage/database": within("lib", "failure storage storage/chains telemetry time"),
  "lib/storage/ahead": ["lib/storage", "lib/storage/commits", "lib/storage/database", "lib/time"],
  "lib/storage/writer-thread": within(
    "lib",
    "storage storage/ahead storage/commits storage/database time",
  ),
  "lib/storage/memory": within(
    "lib",
    "random storage storage/ahead storage/chains storage/commits storage/database time",
  ),
  "lib/storage/testing": ["lib/**"],
  "lib/http": ["lib/failure"],
  "lib/http/exchange": ["lib/failure", "lib/http", "lib/time"],
  "lib/http/websocket": ["lib/http", "lib/http/exchange", "lib/time"],
  "lib/http/listener": within("lib", "failure http http/exchange http/websocket time"),
  "lib/http/upstream": ["lib/failure", "lib/http", "lib/time"],
  "lib/http/egress": ["lib/failure", "lib/http", "lib/http/upstream", "lib/time"],
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
  server: [
    "gateway/observe",
    "lib/**",
    ...within("server", "cli processes"),
    ...within("server/config", ". derived loading"),
    ...within("server/compose", ". edge group identity open-core.ts process providers storage"),
  ],
  // What a configuration says: the words at the root are for every room, each below those it uses.
  "server/config/modules": configuring(". loading schema trees"),
  // A book of prices is the catalogue's, in the words of whoever keeps its file.
  "server/config/loading": [
    "gateway/catalog",
    ...configuring(". checks/** reading schema trees wording"),
  ],
  "server/config/checks": configuring(
    ". checks/check-embedding-uses.ts checks/check-vectors.ts derived schema trees",
  ),
  // Which models make vectors the catalogue knows.
  "server/config/checks/check-embedding-uses.ts": ["gateway/catalog", ...configuring(".")],
  "server/config/checks/check-vectors.ts": ["gateway", "gateway/catalog", ...configuring(".")],
  "server/config/docs": configuring(". schema trees"),
  "server/config/trees": configuring(". reading schema wording"),
  "server/config/reading": configuring(". schema"),
  "server/config/derived": configuring(". schema"),
  "server/config": ["gateway/catalog", ...configuring("schema")],
  "server/config/schema": configuring(". wording"),
  "server/config/wording": configuring(". schema"),
  "server/settings": configuring(". loading schema trees"),
  "server/settings/store": ["lib/**", "server/config/loading", "server/settings"],
  "server/audit": ["lib/**", "wire/**"],
  "server/audit/store": ["lib/**", "server/audit"],
  // What endpoints have in common; no path of a URL begins like the name of one of these rooms.
  "server/edge/request-heads": serving({ gateway: "calls identity" }),
  "server/edge/views": serving({ gateway: "budget catalog ledger" }),
  "server/edge/plain-chat": serving({ gateway: "calls dispatch pipeline.ts responses" }),
  "server/edge/answers": serving({ gateway: "observe", edge: "request-heads" }),
  "server/edge/kept-answers": serving({
    gateway: "calls observe responses",
    edge: "answers request-heads",
  }),
  "server/edge/exchanges": serving({
    gateway: "calls embedding identity limits observe pipeline.ts responses token-counts",
    edge: "answers kept-answers request-heads",
  }),
  "server/edge/moderation": serving({
    gateway: "calls responses",
    edge: "answers exchanges kept-answers request-heads v1/**",
  }),
  "server/edge/stream-sessions": serving({
    gateway: "calls identity observe pipeline.ts responses",
    edge: "answers exchanges kept-answers request-heads",
  }),
  // Endpoints: the path of a file is that of its URL.
  "server/edge": serving({ gateway: "identity limits", edge: "answers console/** views" }),
  "server/edge/model/**": serving({ edge: "answers" }),
  "server/edge/v1/**": serving({
    gateway: "budget catalog feedback identity ledger observe responses",
    edge: "admin/** answers exchanges kept-answers request-heads stream-sessions views",
  }),
  "server/edge/v1beta/**": serving({ edge: "answers" }),
  "server/edge/admin/**": serving({
    gateway: "**",
    server: "audit config settings",
    edge: "admin/live-view admin/reading answers model/** request-heads v1/** v1beta/** views",
  }),
  // What the endpoints of admin show and read, without knowing them.
  "server/edge/admin/live-view": serving({ gateway: "observe" }),
  "server/edge/admin/reading": serving({ gateway: "catalog" }),
  "server/edge/test/**": serving({
    gateway: "identity observe",
    server: "audit config/checks edge",
    edge: "admin/** answers plain-chat request-heads",
  }),
  "server/edge/console/**": ["lib/**"],
  // Only supervisors fork, and workers talk to them.
  "server/processes": ["gateway/observe", "lib/**"],
  "server/cli": ["server", ...configuring(". docs loading modules trees")],
  // What is wired to what, each room below those that it uses.
  "server/compose": serving({ compose: "edge identity open-core.ts process storage" }),
  "server/compose/edge": serving({
    gateway: "cache calls identity ledger observe probing responses",
    server: "audit edge/** processes settings",
    config: ". checks derived trees",
    compose: "gateway group identity open-core.ts process providers storage upkeep",
  }),
  "server/compose/open-core.ts": serving({
    gateway: "calls identity/store observe responses",
    server: "settings/**",
    config: ". loading trees",
    compose: "gateway group identity process providers routing storage streams upkeep",
  }),
  "server/compose/streams": serving({
    gateway: "idempotency/store observe responses responses/store",
    server: "config processes",
    compose: "group storage",
  }),
  "server/compose/group": serving({
    gateway: "history identity limits observe route",
    server: "config edge/admin/** processes",
    compose: "gateway identity process storage",
  }),
  "server/compose/gateway": serving({
    gateway: "**",
    server: "audit",
    config: ". modules",
    compose: "identity process providers routing storage",
  }),
  "server/compose/routing": serving({
    gateway: "admission catalog costing dispatch ledger observe probing route",
    config: ". derived modules schema trees",
  }),
  "server/compose/providers": [
    ...serving({
      gateway: "observe providers/**",
      server: "edge/test/**",
      config: ". derived modules trees",
    }),
    "simulator/**",
  ],
  "server/compose/upkeep": serving({
    gateway: "budget/** cache calls feedback/store identity ledger observe replicas responses",
    compose: "process",
  }),
  "server/compose/identity": serving({
    gateway: "budget identity/** limits observe",
    server: "audit edge/admin/** processes",
    config: ". trees",
    compose: "process storage",
  }),
  "server/compose/storage": serving({
    gateway: "*/store budget feedback observe",
    server: "audit/** settings/store",
    compose: "process",
  }),
  "server/compose/process": serving({ gateway: "limits observe responses", server: "config" }),
  // What programs import: calls without HTTP.
  "server/library": serving({
    gateway: "calls costing embedding ledger observe probing responses",
    server: "edge",
    config: ". loading",
    compose: "edge open-core.ts process routing",
    edge: "answers exchanges kept-answers request-heads views",
  }),

  // The operator's page: it runs in browsers, and talks to nothing but the admin API.
  console: ["console/**", "wire/admin"],
  "console/browser": ["console/words", "wire/admin"],
  "console/words": ["lib/text", "wire/admin"],
  "console/live": ["console/browser", "lib/telemetry", "wire/admin"],
  "console/parts": ["console/browser", "console/live", "console/words", "lib/telemetry"],
  "console/splits": [...within("console", "browser live parts words"), "wire/admin"],
  "console/router": [...within("console", "browser live parts words"), "wire/admin"],
  "console/calls": [...within("console", "browser live parts words"), "lib/ids", "wire/admin"],
  "console/overview": [
    ...within("console", "browser live parts router splits words"),
    ...within("lib", "telemetry text"),
    "wire/admin",
  ],
  "console/shell": [...within("console", "browser calls live overview parts words"), "wire/admin"],

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

/** A room of a dialect: it may import these of `wire` beside the shapes and the framing. */
function speaking(names = ""): readonly string[] {
  return ["wire", "wire/canonical", "wire/framing", ...within("wire", names)];
}

/** A room of the gateway that joins features: it may import these beside the vocabulary. */
function joining(names: string): readonly string[] {
  return ["gateway", ...within("gateway", names), "lib/**", "wire/**"];
}

/** A room of the program, with the rooms of each folder that it may import beside vocabularies. */
function serving(
  names: Readonly<Partial<Record<"gateway" | "server" | "config" | "compose" | "edge", string>>>,
): readonly string[] {
  return [
    ...joining(names.gateway ?? ""),
    ...within("server", names.server ?? ""),
    ...within("server/config", names.config ?? ""),
    ...within("server/compose", names.compose ?? ""),
    ...within("server/edge", names.edge ?? ""),
  ];
}

/** A room of the program that knows no traffic, with what it may import of the configuration. */
function configuring(names: string): readonly string[] {
  return ["lib/**", ...within("server/config", names), "wire/**"];
}

/** Rooms by their names in a folder, with spaces between them; `.` is the folder itself. */
function within(folder: string, names: string): readonly string[] {
  const listed = names.split(" ").filter((name) => name !== "");
  return listed.map((name) => (name === "." ? folder : `${folder}/${name}`));
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
  "lib/http/egress/dns-resolver.ts": ["server/compose/process"],
  "lib/http/egress/guarded-fetch.ts": ["server/compose/process"],
  "lib/http/listener/listener.ts": ["server/compose/edge"],
  "lib/http/upstream/tcp-dialer.ts": ["server/compose/open-core.ts"],
  "lib/http/upstream/undici-upstream.ts": ["server/compose/providers"],
  "lib/random/seeded-random.ts": ["simulator/**"],
  "lib/random/system-random.ts": ["server/compose/process"],
  "lib/storage/memory/memory-writer.ts": [],
  "lib/storage/database/sqlite-reader.ts": [
    "lib/storage/memory",
    "server/compose/storage",
    "server/compose/streams",
  ],
  "lib/storage/writer-thread/sqlite-writer.ts": [
    "server/compose/storage",
    "server/compose/streams",
  ],
  // Programs and worker threads make the clock of their process or thread.
  "lib/time/system-clock.ts": [
    "lib/storage/writer-thread",
    "server",
    "server/compose/process",
    "simulator/**",
  ],
  "lib/time/virtual-clock.ts": [],
  "gateway/*/store/*": ["server/compose/**"],
  "server/*/store/*": ["server/compose/**"],
};

/** Files that run when they are imported: programs and worker threads. */
export const programs: readonly string[] = [
  "console/main.tsx",
  "lib/storage/writer-thread/sqlite-writer-boot.js",
  "lib/storage/writer-thread/sqlite-writer-thread.ts",
  "server/bin.js",
  "server/main.ts",
  "simulator/main.ts",
];

/**
 * Packages have one door, and tests one way to fast-check: these files alone hand on what others
 * export.
 */
export const doors: readonly string[] = [
  "server/library/sekisho.ts",
  "scripts/test/seeded-fast-check.ts",
];
