import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Command } from "./command.ts";
import { OptionValues } from "./option-values.ts";
import { parseCommandLine } from "./parse-command-line.ts";

const command: Command = {
  name: "keys rotate",
  summary: "",
  args: ["<id>", "[more]"],
  options: [
    { name: "grace", value: "TIME", about: "" },
    { name: "role", value: "ROLE", about: "", values: ["client", "admin"] },
    { name: "range", value: "RANGE", about: "", values: ["1h", "24h"] },
    {
      name: "month",
      value: "MONTH",
      about: "",
      values: ["last"],
      orForm: { form: /^\d{4}-\d{2}$/, about: "one such as 2026-11" },
    },
    { name: "tag", value: "TEXT", about: "", repeats: true },
    { name: "json", value: null, about: "" },
  ],
  load: () => Promise.reject(new Error("not run")),
};

test("options and arguments may stand in any order", () => {
  for (const line of ["k1 --grace 1h --json", "--json --grace=1h k1", "--grace 1h k1 --json"]) {
    const { args, options } = parseCommandLine(command, line.split(" "));
    assert.deepEqual(args, ["k1"]);
    assert.deepEqual([options.text("grace"), options.has("json")], ["1h", true]);
  }
});

test("an option that may stand several times is one list", () => {
  const tags = (line: string) => parseCommandLine(command, line.split(" ")).options.list("tag");
  assert.deepEqual(tags("k1 --tag prod --tag=search,eu"), ["prod", "search", "eu"]);
  assert.deepEqual(tags("k1 --tag prod"), ["prod"]);
  assert.equal(tags("k1"), undefined);
});

test("a value may have a form instead of a name", () => {
  for (const month of ["last", "2026-11"]) {
    const { options } = parseCommandLine(command, ["k1", "--month", month]);
    assert.equal(options.text("month"), month);
  }
});

test("a negative figure is a value, or an argument: whoever reads it names its limit", () => {
  const grace = (line: string) => parseCommandLine(command, line.split(" ")).options.text("grace");
  assert.equal(grace("k1 --grace -5"), "-5");
  assert.equal(grace("k1 --grace=-5"), "-5");
  assert.equal(grace("k1 --grace -.5h"), "-.5h");
  for (const figure of ["-5", "-15", "-1.5", "-.5"]) {
    const { args, options } = parseCommandLine(command, ["k1", figure, "--grace", "-5"]);
    assert.deepEqual([args, options.text("grace")], [["k1", figure], "-5"]);
  }
  assert.deepEqual(parseCommandLine(command, ["k1", "--json", "-5"]).args, ["k1", "-5"]);
});

test("what stands behind -- is an argument", () => {
  assert.deepEqual(parseCommandLine(command, ["--", "--json"]).args, ["--json"]);
});

test("help is asked for without the arguments that the command needs", () => {
  for (const word of ["--help", "-h"]) {
    assert.equal(parseCommandLine(command, [word]).options.has("help"), true);
  }
});

const wrong: readonly (readonly [line: string, why: RegExp])[] = [
  ["", /Argument <id> is missing/],
  ["a b c", /Unexpected argument c/],
  ["a ", /Argument \[more\] is empty/],
  [" b", /Argument <id> is empty/],
  ["a --jsno", /Unknown option --jsno, did you mean --json\?/],
  ["a --completely-else", /Unknown option --completely-else \(see/],
  ["a -x", /Unknown option -x/],
  ["a --json=yes", /Option --json takes no value/],
  ["a --grace", /Option --grace needs a value: --grace TIME/],
  ["a --grace --json", /Option --grace needs a value/],
  ["a --grace=", /Option --grace needs a value/],
  ["a --json --json", /Option --json stands twice/],
  ["a --role admn", /Option --role cannot be admn: did you mean admin\?/],
  ["a --role 7777777", /cannot be 7777777: one of client, admin/],
  ["a --range 5h", /cannot be 5h: one of 1h, 24h/],
  ["a --month 2026", /cannot be 2026: one of last, one such as 2026-11/],
  ["a --__proto__ x", /Unknown option --__proto__/],
];

for (const [line, why] of wrong) {
  test(`"${line}" is refused: ${why.source}`, () => {
    const argv = line === "" ? [] : line.split(" ");
    assert.throws(
      () => parseCommandLine(command, argv),
      (error) => error instanceof Failure && error.code === "usage" && why.test(error.message),
    );
  });
}

const options = (value: string) => new OptionValues(new Map([["x", value]]));

test("durations have a unit or are milliseconds", () => {
  const durations = {
    "0": 0,
    "250": 250,
    "5ms": 5,
    "90s": 90_000,
    "10m": 600_000,
    "1h": 3_600_000,
  };
  for (const [text, ms] of Object.entries(durations)) {
    assert.equal(options(text).durationMs("x"), ms);
  }
  for (const text of ["1w", "-1s", "1.5h", "h", "1 h", "9".repeat(13)]) {
    assert.throws(() => options(text).durationMs("x"), { code: "usage" });
  }
});

test("ports are 0 to 65535", () => {
  assert.deepEqual(
    ["0", "8080", "65535"].map((text) => options(text).port("x")),
    [0, 8080, 65_535],
  );
  for (const text of ["65536", "-1", "80a", "1e3", "0x50", " 80"]) {
    assert.throws(() => options(text).port("x"), { code: "usage" });
  }
});

test("a figure that is none, or beyond its limits, is named with what it may be", () => {
  const said = (read: () => unknown): string => {
    try {
      read();
    } catch (error) {
      return error instanceof Failure ? error.message : "";
    }
    return "read";
  };
  const limits = { least: 1, most: 1_000 };
  const tooMany = "9".repeat(20);
  const rows: readonly (readonly [read: () => unknown, words: string])[] = [
    [() => options("-5").count("x"), "-5: it must be 0 or more"],
    [() => options("-1,000").count("x"), "-1,000: it must be 0 or more"],
    [() => options("-.5").count("x"), "-.5: it must be 0 or more"],
    [() => options("1.5").count("x"), "1.5: a whole number is expected, such as 50000 or 50,000"],
    [() => options(tooMany).count("x"), `${tooMany}: it must be at most 9007199254740991`],
    [() => options("0").within("x", limits), "0: it must be 1 to 1000"],
    [() => options("1,001").within("x", limits), "1,001: it must be 1 to 1000"],
    [() => options("-1").within("x", limits), "-1: it must be 0 or more"],
    [() => options("-5m").durationMs("x"), "-5m: it must be 0 or more"],
    [() => options("5 min").durationMs("x"), "5 min: write 90s, 10m, 1h or 7d"],
    [
      () => options("999999999999d").durationMs("x"),
      "999999999999d: it must be at most 104249991d",
    ],
    [() => options("2h").durationMs("x", 3_600_000), "2h: it must be at most 1h"],
    [() => options("3600001").durationMs("x", 3_600_000), "3600001: it must be at most 1h"],
    [() => options("-1").port("x"), "-1: a port is 0 to 65535"],
  ];
  for (const [read, words] of rows) assert.equal(said(read), `Cannot read --x ${words}`);
  assert.deepEqual(
    ["1", "1,000"].map((text) => options(text).within("x", limits)),
    [1, 1_000],
  );
  assert.equal(options("1").within("y", limits), undefined);
});

test("lists are split at commas, blanks and empty parts dropped", () => {
  assert.deepEqual(options("a, b,,c").list("x"), ["a", "b", "c"]);
  assert.equal(options("a").list("y"), undefined);
});

test("a list of nothing is refused: it would lift the limits that it stands for", () => {
  for (const text of [",", " , ", " "]) {
    assert.throws(() => options(text).list("x"), {
      code: "usage",
      message: `Cannot read --x ${text}: it names nothing`,
    });
  }
});

test("an empty value of config set is a value", () => {
  const setting = { ...command, args: ["<path>", "<value>"] };
  assert.deepEqual(parseCommandLine(setting, ["data", ""]).args, ["data", ""]);
  assert.throws(() => parseCommandLine(setting, ["", "1"]), /Argument <path> is empty/);
});
