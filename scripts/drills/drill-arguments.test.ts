import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readArguments } from "./drill-arguments.ts";
import { DrillFailure } from "./drill-failure.ts";

const drill = {
  options: { rate: { about: "calls per second", standard: 50, min: 1, max: 1_000 } },
  texts: { region: "the region that fails" },
};

const read = (args: string, env = {}) =>
  readArguments(
    args.split(" ").filter((arg) => arg !== ""),
    drill,
    env,
  );

describe("readArguments", () => {
  test("without any the standard ones hold", () => {
    const { url, isJson, isOwn, key, adminKey, option, text } = read("");
    assert.deepEqual(
      [url, isJson, isOwn, key, adminKey, option("rate"), text("region")],
      ["http://127.0.0.1:8080", false, false, null, null, 50, null],
    );
  });

  test("whether a server was named is told apart from which one it is", () => {
    assert.equal(read("").isUrlGiven, false);
    assert.equal(read("--own").isUrlGiven, false);
    assert.equal(read("http://127.0.0.1:8080").isUrlGiven, true);
  });

  test("a base URL, the drill's own options and those of every drill", () => {
    const args = "http://10.0.0.5:80 --rate=2.5 --region east --json --own --key=k --admin-key=a";
    const { url, isJson, isOwn, key, adminKey, option, text } = read(args);
    assert.deepEqual(
      [url, isJson, isOwn, key, adminKey, option("rate"), text("region")],
      ["http://10.0.0.5:80", true, true, "k", "a", 2.5, "east"],
    );
  });

  test("keys stand in the environment too", () => {
    const { key, adminKey } = read("", { SEKISHO_KEY: "k", SEKISHO_ADMIN_KEY: "a" });
    assert.deepEqual([key, adminKey], ["k", "a"]);
  });

  const refused: readonly (readonly [args: string, message: RegExp])[] = [
    ["--rate=0", /^Cannot read --rate 0: a number from 1 to 1000 expected$/],
    ["--rate=fast", /^Cannot read --rate fast/],
    ["--rate=", /^Cannot read --rate /],
    ["--speed=1", /^Cannot read --speed: there is no such option; this drill has --json, .*--rate/],
    [
      "--raet=1",
      /^Cannot read --raet: there is no such option; did you mean --rate\? This drill has/,
    ],
    ["--rate", /^Cannot read --rate: a value is missing$/],
    ["--json=yes", /^Cannot read --json: it takes no value$/],
    ["localhost:8080", /^Cannot read the base URL "localhost:8080": http:\/\/host:port expected$/],
    ["http://a http://b", /^Cannot read "http:\/\/b": one base URL is taken$/],
  ];
  for (const [args, message] of refused) {
    test(`${args} is refused with a sentence`, () => {
      assert.throws(
        () => read(args),
        (error) => error instanceof DrillFailure && message.test(error.message),
      );
    });
  }
});
