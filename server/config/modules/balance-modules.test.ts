import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { TemporaryFolder } from "@sekisho/lib/storage/testing/temporary-folder.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { loadBalanceModules } from "./balance-modules.ts";
import { importModule } from "./import-module.ts";
import { loaded } from "../loading/text-fixture.ts";

const fileWith = (balance: string): string =>
  'providers: { p: { kind: openai, baseUrl: "http://127.0.0.1:1" } }\n' +
  "models:\n" +
  "  plain: { targets: [{ provider: p, model: a }], balance: failover }\n" +
  "  own:\n" +
  "    targets: [{ provider: p, model: a }]\n" +
  `    balance: ${balance}\n`;

const load = async (
  balance: string,
  importing: (path: string) => Promise<unknown>,
  clock: VirtualClock = new VirtualClock(),
) => {
  const { config, source } = loaded(fileWith(balance));
  return await loadBalanceModules(config, source, { clock, importModule: importing });
};

const reversed = (candidates: readonly unknown[]): number[] =>
  candidates.map((_, index) => candidates.length - 1 - index);

test("REF-7 the module that a model names is loaded, once, by its path", async () => {
  const asked: string[] = [];
  const outcome = await load("./own.ts", async (path) => {
    asked.push(path);
    return { default: reversed };
  });
  assert.ok(outcome.ok);
  assert.deepEqual(asked, ["./own.ts"]);
  assert.deepEqual([...outcome.value], [["./own.ts", reversed]]);
});

test("REF-7 without a module nothing is loaded", async () => {
  const outcome = await load("p2c", () => assert.fail("nothing to load"));
  assert.ok(outcome.ok);
  assert.equal(outcome.value.size, 0);
});

const wrong: readonly (readonly [name: string, module: () => unknown, why: RegExp])[] = [
  ["no default export", () => ({ order: reversed }), /its default export is no function/],
  ["an object", () => ({ default: { order: reversed } }), /its default export is no function/],
  ["nothing at all", () => undefined, /its default export is no function/],
  [
    "an error while it runs",
    () => {
      throw new SyntaxError("Unexpected token\n  at x");
    },
    /cannot be used: Unexpected token$/,
  ],
];

for (const [name, module, why] of wrong) {
  test(`REF-7 ${name} is a problem with its path and line`, async () => {
    const outcome = await load("./own.ts", async () => module());
    assert.ok(!outcome.ok);
    const [problem = assert.fail()] = outcome.problems;
    assert.deepEqual([problem.path, problem.line], ["models.own.balance", 6]);
    assert.match(
      problem.sentence,
      /^models\.own\.balance: the module \.\/own\.ts cannot be used: /,
    );
    assert.match(problem.sentence, why);
  });
}

test("REF-7 a module that never gets ready is a problem after 5 s", async () => {
  const clock = new VirtualClock();
  const outcome = load("./own.ts", () => new Promise(() => {}), clock);
  clock.advanceBy(5_000);
  const found = await outcome;
  assert.ok(!found.ok);
  assert.match(found.problems[0]?.sentence ?? "", /it is not ready after 5000 ms/);
});

test("REF-7 a module of TypeScript is run, and again when its file has changed", async () => {
  using folder = new TemporaryFolder();
  const file = folder.file("own.ts");
  const write = (first: number): void =>
    writeFileSync(
      file,
      'import type { Lot } from "nowhere";\n' +
        `export default (_: readonly unknown[], lot: Lot): number[] => [${first}, lot.turn];\n`,
    );
  const first = async (): Promise<number | undefined> => {
    const outcome = await load(file, importModule);
    assert.ok(outcome.ok, JSON.stringify(outcome));
    return outcome.value.get(file)?.([], { turn: 1, draw: 0 })[0];
  };
  write(7);
  assert.equal(await first(), 7);
  assert.equal(await first(), 7);
  write(11);
  assert.equal(await first(), 11);
  const missing = await load(folder.file("none.ts"), importModule);
  assert.ok(!missing.ok);
  assert.match(missing.problems[0]?.sentence ?? "", /ENOENT/);
});
