import assert from "node:assert/strict";
import { test } from "node:test";
import type { SplitChoice } from "../model-entry.ts";
import { choiceInWords } from "../choice.ts";
import { configuredWeights } from "../split.ts";
import { chooseArm, type DividedCall } from "./choose-arm.ts";
import { entry, target } from "./route-fixture.ts";

const arm = (name: string, weight: number) => ({ name, weight, entry: entry([target(name)]) });

const split = (over: Partial<SplitChoice> = {}): SplitChoice => ({
  kind: "split",
  split: "ab",
  arms: [arm("a", 20), arm("b", 80)],
  sticky: "session",
  salt: "ab",
  rollback: null,
  canary: { steps: [1, 100], minRequests: 1, minMs: 1 },
  ...over,
});

const call = (over: Partial<DividedCall> = {}): DividedCall => ({
  tenant: "acme",
  attribution: { session: null, user: null },
  draw: () => assert.fail("nothing is drawn"),
  splits: configuredWeights,
  ...over,
});

const of = (session: string | null, user: string | null = null): DividedCall =>
  call({ attribution: { session, user } });

const sessions = Array.from({ length: 500 }, (_, n) => `s-${n}`);
const armsOf = (choice: SplitChoice, calls: readonly DividedCall[]): string[] =>
  calls.map((each) => chooseArm(choice, each).choice.alias);

test("RTE-4 a session stays with its arm, whoever its user says to be", () => {
  for (const session of sessions) {
    const [first, second] = [of(session), of(session, "u")].map((each) => chooseArm(split(), each));
    assert.deepEqual(first, second);
    assert.equal(first?.choice.by, "session");
  }
  assert.equal(
    new Set(
      armsOf(
        split(),
        sessions.map((each) => of(each)),
      ),
    ).size,
    2,
  );
});

test("RTE-4 where the id that counts is absent the other one does, and else chance", () => {
  const byUser = split({ sticky: "user" });
  assert.equal(chooseArm(byUser, of("s", "u")).choice.by, "user");
  assert.equal(chooseArm(byUser, of("s")).choice.by, "session");
  assert.equal(chooseArm(split(), of(null, "u")).choice.by, "user");
  const draws = [0, 2 ** 32 * 0.19, 2 ** 32 * 0.2, 2 ** 32 - 1];
  const drawn = draws.map((draw) => chooseArm(split(), call({ draw: () => draw })).choice);
  assert.deepEqual(
    drawn.map(({ alias, by }) => `${alias} ${by}`),
    ["a chance", "a chance", "b chance", "b chance"],
  );
});

test("RTE-4 with sticky: none, and for nobody in particular, chance decides", () => {
  const draw = (): number => 0;
  const known = { attribution: { session: "s", user: "u" }, draw };
  assert.equal(chooseArm(split({ sticky: "none" }), call(known)).choice.by, "chance");
  assert.equal(chooseArm(split(), call({ ...known, tenant: null })).choice.by, "chance");
});

test("RTE-4 sessions of two tenants, and a session and a user of one name, are not one", () => {
  const calls = sessions.map((each) => of(each));
  const mine = armsOf(split(), calls);
  const theirs = armsOf(
    split(),
    calls.map((each) => ({ ...each, tenant: "other" })),
  );
  const users = armsOf(
    split(),
    sessions.map((each) => of(null, each)),
  );
  assert.notDeepEqual(mine, theirs);
  assert.notDeepEqual(mine, users);
});

test("RTE-4 an arm at 0 gets nothing, and the choice says on one line what it was", () => {
  const arms = [arm("a", 0), arm("b", 2.5)];
  const { choice } = chooseArm(split({ arms }), of("s"));
  assert.equal(choiceInWords(choice), "b: 2.5 of 2.5 of ab, by session");
  assert.deepEqual(
    new Set(
      armsOf(
        split({ arms }),
        sessions.map((each) => of(each)),
      ),
    ),
    new Set(["b"]),
  );
});
