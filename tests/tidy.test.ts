import assert from "node:assert/strict";
import { describe, test } from "node:test";

import * as tables from "../layers.ts";
import * as outside from "../outside.ts";
import { filesOf, suites } from "../scripts/test/suites.ts";
import {
  doubledRules,
  missingPaths,
  readDoc,
  statedRules,
  unstatedRules,
} from "./tidy/doc-rules.ts";
import {
  forbiddenArrows,
  forbiddenModules,
  importCycles,
  unlistedRooms,
} from "./tidy/layer-rules.ts";
import { packagesWithInstallScript, readDependencies, unlockedPlatforms } from "./tidy/packages.ts";
import { longFiles, longFunctions, looseTypes, wideLines } from "./tidy/size-rules.ts";
import { listFiles, readSources, root } from "./tidy/source-file.ts";
import * as text from "./tidy/text-rules.ts";

const layers = { ...tables, ...outside };
const files = readSources();
const docs = listFiles()
  .filter((path) => path.endsWith(".md"))
  .map(readDoc);
const specs = docs.filter(({ path }) => path.startsWith("docs/spec/"));

const none = (findings: readonly string[]): void => {
  assert.equal(findings.length, 0, `${findings.length} found:\n  ${findings.join("\n  ")}`);
};

describe("the dependency rule of layers.ts and outside.ts", () => {
  test("each folder is a room, and each room exists", () => none(unlistedRooms(files, layers)));
  test("no import that layers.ts does not allow", () => none(forbiddenArrows(files, layers)));
  test("no module from outside that outside.ts does not allow", () =>
    none(forbiddenModules(files, layers)));
  test("no import cycle, types included", () => none(importCycles(files)));
  test("time, chance and environment only in their adapters", () =>
    none(text.ambientAuthority(files, layers, Object.keys(layers.rooms))));
  test("nothing runs when a file is imported, programs excepted", () =>
    none(text.topLevelEffects(files, layers.programs)));
});

describe("the sizes and names of STYLE.md", () => {
  test("lines per file", () => none(longFiles(files)));
  test("lines per function", () => none(longFunctions(files)));
  test("characters per line", () => none(wideLines(files)));
  test("optional fields per type", () => none(looseTypes(files)));
  test("file names", () => none(text.badNames(files)));
});

describe("what STYLE.md does not allow", () => {
  test("any", () => none(text.looseAny(files)));
  test("re-exports", () => none(text.reExports(files, layers.doors)));
  test("module mocks", () => none(text.moduleMocks(files)));
  test("casts without a reason", () => none(text.silentCasts(files)));
  test("suppressed lint rules without a reason", () => none(text.silentSuppressions(files)));
});

test("each test file belongs to a suite", () => {
  const inSuites = new Set(suites.flatMap((suite) => filesOf(root, suite)));
  const tests = files.map(({ path }) => path).filter((path) => path.endsWith(".test.ts"));
  none(tests.filter((path) => !inSuites.has(path)));
});

describe("docs", () => {
  test("each rule is stated once", () => none(doubledRules(specs)));
  test("each rule that a source quotes is stated in docs/spec", () =>
    none(unstatedRules(files, new Set(statedRules(specs).keys()))));
  test("each path in backticks exists", () => none(missingPaths(docs)));
});

describe("dependencies", () => {
  const dependencies = readDependencies();
  const runtime = dependencies.filter(({ isRuntime }) => isRuntime);

  test("SEC-14 each is pinned to one version", () => {
    const loose = dependencies.filter(({ version }) => !/^\d+\.\d+\.\d+$/.test(version));
    none(loose.map(({ from, name, version }) => `${from}: ${name} "${version}" is a range`));
  });

  test("SEC-14 at most 15 at run time, each with its reason in ARCHITECTURE.md", () => {
    const names = [...new Set(runtime.map(({ name }) => name))];
    const architecture = readDoc("ARCHITECTURE.md").text;
    assert.ok(names.length <= 15, `${names.length} runtime dependencies, limit 15`);
    none(names.filter((name) => !new RegExp(`^\\| \`${name}\` +\\|`, "m").test(architecture)));
  });

  test("SEC-14 the lockfile holds the packages of every platform", () => none(unlockedPlatforms()));

  test("SEC-14 none runs a script at install", () => none(packagesWithInstallScript()));
});
