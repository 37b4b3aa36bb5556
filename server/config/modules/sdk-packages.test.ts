import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { importPackage } from "./import-package.ts";
import { applyOverrides } from "../loading/overrides.ts";
import { loadSdkPackages, type PackageLoading } from "./sdk-packages.ts";
import { Secret } from "../secret.ts";
import { loaded, sentences, sourcesOf } from "../loading/text-fixture.ts";

const world = { variables: { KEY: "key-of-the-package", TOKEN: "token-of-the-package" } };

const fileWith = (inside: string): string =>
  `providers: { p: { kind: ai-sdk, ${inside} } }\n` +
  "models: { fast: { targets: [{ provider: p, model: large }] } }\n";

const model = (id: string) => ({
  id,
  specificationVersion: "v4",
  doGenerate() {},
  doStream() {},
});
const provider = (made: unknown = model("x")) => ({ languageModel: () => made });

const load = (
  inside: string,
  importPackageBy: (name: string) => Promise<unknown>,
  over: Partial<PackageLoading> = {},
) => {
  const { config, source } = loaded(fileWith(inside), world);
  return loadSdkPackages(config, source, {
    clock: new VirtualClock(),
    importModule: () => assert.fail("no path was named"),
    importPackage: importPackageBy,
    ...over,
  });
};

const refusalOf = async (inside: string, module: unknown): Promise<string> => {
  const outcome = await load(inside, async () => module);
  assert.ok(!outcome.ok);
  const [problem = assert.fail()] = outcome.problems;
  assert.equal(problem.line, 1);
  return problem.sentence;
};

const named = 'package: "@ai-sdk/some"';

test("a package is loaded, and its one factory tried with each model", async () => {
  const seen: unknown[] = [];
  const createSome = (settings: object) => {
    seen.push(settings);
    const languageModel = (id: string) => {
      seen.push(id);
      return model(id);
    };
    return { languageModel };
  };
  const outcome = await load(
    `${named}, baseUrl: "https://a.example/v1", options: { region: eu, token: env:TOKEN }, ` +
      "credentials: [{ id: a, apiKey: env:KEY }]",
    async () => ({ createSome, some: createSome({}) }),
  );
  assert.ok(outcome.ok);
  assert.equal(outcome.value.get("p"), createSome);
  const [, tried, asked] = seen;
  assert.equal(asked, "large");
  // What the factory was given.
  const { token, fetch, ...settings } = tried as Record<string, unknown>;
  assert.match(String(token), /^secret:sha256:/, "a trial needs no secret");
  assert.ok(typeof fetch === "function");
  await assert.rejects(fetch("https://a.example/v1"), /Nothing is sent/);
  assert.deepEqual(settings, { apiKey: "none", baseURL: "https://a.example/v1", region: "eu" });
});

test("a provider may be a function, and its method another", async () => {
  const callable = Object.assign(() => model("x"), { chat: () => model("y") });
  for (const inside of [named, `${named}, method: chat`]) {
    assert.ok((await load(inside, async () => ({ createSome: () => callable }))).ok, inside);
  }
});

test("a path is a module of one's own", async () => {
  const outcome = await load("package: ./own.ts", () => assert.fail("no name"), {
    importModule: async () => ({ createOwn: () => provider() }),
  });
  assert.ok(outcome.ok);
});

test("what is wrong with a package is said in words, with its line", async () => {
  const some = (made: unknown) => ({ createSome: () => made });
  const rows: readonly (readonly [inside: string, module: unknown, sentence: RegExp])[] = [
    [named, {}, /p\.factory must be named: exports that begin with "create" are none$/],
    [
      named,
      { createOne() {}, createTwo() {}, createdAt: 1 },
      /p\.factory must be named: .* are 2: createOne, createTwo$/,
    ],
    [
      `${named}, factory: createOther`,
      { createSome() {} },
      /p\.factory: "createOther" is no function that the package exports; there are createSome$/,
    ],
    [named, some({}), /p\.method: "languageModel" is no method of the provider that was made$/],
    [`${named}, method: chat`, some(provider()), /p\.method: "chat" is no method/],
    [
      named,
      some(provider({ ...model("x"), specificationVersion: "v1" })),
      /p\.package: .* its model "large" speaks specification v1; understood are v3 and v4$/,
    ],
    [named, some(provider({ doEmbed() {} })), /its model "large" is no language model/],
    [named, some(provider(null)), /its model "large" is no language model$/],
    [named, 7, /p\.package: "@ai-sdk\/some" is no module$/],
  ];
  for (const [inside, module, sentence] of rows) {
    assert.match(await refusalOf(inside, module), sentence);
  }
});

test("a package that is missing, throws or never gets ready is a problem", async () => {
  const missing = await load('package: "@ai-sdk/nobody-has-this/sub"', importPackage);
  assert.ok(!missing.ok);
  assert.match(
    missing.problems[0]?.sentence ?? "",
    /is not installed: npm install @ai-sdk\/nobody-has-this$/,
  );
  const thrown = await load(named, () => Promise.reject(new Error("No such model: large\n at x")));
  assert.ok(!thrown.ok);
  assert.match(thrown.problems[0]?.sentence ?? "", /cannot be used: No such model: large$/);
  const clock = new VirtualClock();
  const waiting = load(named, () => new Promise(() => {}), { clock });
  clock.advanceBy(10_000);
  const late = await waiting;
  assert.ok(!late.ok);
  assert.match(late.problems[0]?.sentence ?? "", /it is not ready after 10000 ms/);
});

test("a package that is installed is found by its name, and tried as it is", async () => {
  const inside = 'package: "@ai-sdk/openai-compatible", options: { name: mine }';
  const outcome = await load(`${inside}, baseUrl: "https://a.example/v1"`, importPackage);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  const homeless = await load(inside, importPackage);
  assert.ok(!homeless.ok);
  assert.equal(
    homeless.problems[0]?.sentence,
    "providers.p.baseUrl is missing: the package has no address of its own",
  );
  const own = 'package: "@ai-sdk/anthropic", credentials: [{ id: a, apiKey: env:KEY }]';
  assert.ok((await load(own, importPackage)).ok);
});

test("SEC-9 options that are references, or called after secrets, are secrets", () => {
  const options =
    "options: { a: env:KEY, apiVersion: v2, deep: [{ token: env:TOKEN, n: 1 }], region: eu }";
  const { config } = loaded(fileWith(`${named}, ${options}`), world);
  const { p } = config.providers;
  assert.ok(p?.kind === "ai-sdk");
  const { a, apiVersion, region } = p.options;
  assert.ok(a instanceof Secret);
  assert.equal(a.reveal(), "key-of-the-package");
  assert.deepEqual([apiVersion, region], ["v2", "eu"]);
  assert.doesNotMatch(JSON.stringify(config), /key-of-the-package|token-of-the-package/);
  assert.deepEqual(sentences(`env: prod\n${fileWith(`${named}, options: { token: abc }`)}`), [
    "providers.p.options.token is a secret in plain text; use env:NAME or file:path",
  ]);
  assert.deepEqual(sentences(fileWith(`${named}, options: { a: env:NOBODY }`)), [
    "providers.p.options.a names the variable NOBODY, which is not set",
  ]);
});

test("what has a place of its own does not stand among the options", () => {
  const options = "options: { baseURL: https://a.example, apiKey: env:KEY, fetch: x }";
  assert.deepEqual(sentences(fileWith(`${named}, ${options}, probe: { kind: tcp }`), world), [
    "providers.p.options.baseURL stands under baseUrl of the provider",
    "providers.p.options.apiKey stands under credentials of the provider",
    "providers.p.options.fetch is the gateway's own",
    'providers.p.probe.kind: "tcp" needs baseUrl: nobody else says where it connects to',
  ]);
  assert.match(
    sentences(fileWith('package: "a b"')).join(),
    /is neither the name of a package, nor/,
  );
  assert.match(
    sentences(fileWith(`${named}, factory: "a.b"`)).join(),
    /is not the name of a member/,
  );
});

test("SEC-13 a change at run time names no package and tells none what to do", () => {
  const before = loaded(fileWith(named), world);
  const refusedBy = (path: string, value: unknown): string[] => {
    const outcome = applyOverrides(before, [{ path, value }], sourcesOf(world));
    return outcome.ok ? [] : outcome.problems.map(({ sentence }) => sentence);
  };
  const rule = "says what a package does, which only the file of the configuration may do";
  const other = { kind: "ai-sdk", package: "./other.ts" };
  for (const [path, value, key] of [
    ["providers.p.package", "./other.ts", "package"],
    ["providers.p", other, "package"],
    ["providers", { p: other }, "package"],
    ["providers.p.factory", "createOther", "factory"],
    ["providers.p.options", { a: 1 }, "options"],
    ["providers.p.options.a", 1, "options"],
  ] as const) {
    assert.deepEqual(refusedBy(path, value), [`providers.p.${key} ${rule}`], path);
  }
  assert.deepEqual(refusedBy("providers.p.health.regionFailures", 3), []);
});
