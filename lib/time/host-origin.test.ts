import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { hostOriginMs } from "./host-origin.ts";
import { SystemClock } from "./system-clock.ts";

const sumOf = (): number => {
  const clock = new SystemClock();
  return clock.monotonicMs() + hostOriginMs(clock);
};

test("times of two processes of a host count from the same start", () => {
  const program = `
    import { hostOriginMs } from ${JSON.stringify(import.meta.resolve("./host-origin.ts"))};
    import { SystemClock } from ${JSON.stringify(import.meta.resolve("./system-clock.ts"))};
    const clock = new SystemClock();
    process.stdout.write(String(clock.monotonicMs() + hostOriginMs(clock)));`;
  const before = sumOf();
  const args = ["--input-type=module-typescript", "--eval", program];
  const there = Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
  assert.ok(before <= there && there <= sumOf(), `${before}, then ${there}`);
});
