import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { shareRolledBack, type ArmLife } from "./arm-trial.ts";
import { usualRollback } from "./usual-rollback.ts";

const windowS = usualRollback.windowMs / 1_000;
const share = (life: ArmLife, lives: number, policy = usualRollback): number =>
  shareRolledBack(life, policy, { lives, random: new SeededRandom(4) });

test("RTE-4 a canary with 10 % errors is rolled back within its window", () => {
  const life = { perWindow: 600, seconds: windowS, failing: () => 0.1, isCanary: true };
  assert.ok(share(life, 300) >= 0.98);
  assert.ok(share({ ...life, perWindow: 1_200 }, 300) >= 0.995);
});

test("RTE-4 an arm that was well for long and fails wholly goes within the window", () => {
  const failing = (second: number): number => (second < windowS ? 0.01 : 1);
  const life = { perWindow: 150, seconds: 2 * windowS, failing, windowsBefore: 10_000 };
  assert.ok(share(life, 300) >= 0.99);
});

test("RTE-4 of arms with 3 % errors the bare rate rolls all back, the rule few", () => {
  const day = { perWindow: 150, seconds: 86_400, failing: () => 0.03 };
  assert.ok(share(day, 60) <= 0.05);
  assert.ok(share({ ...day, windowsBefore: 288 }, 60) <= 0.02);
  assert.ok(share(day, 20, { ...usualRollback, falseAlarm: 1 }) >= 0.95);
});
