import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { clockConformance } from "./clock-conformance.ts";
import { SystemClock } from "./system-clock.ts";

// Held by a referenced timer of the test: the clock's own never keep the process alive.
const elapse = (clock: SystemClock, durationMs: number): Promise<void> =>
  new Promise((resolve) => {
    const hold = setInterval(() => {}, 1_000);
    clock.after(durationMs, () => {
      clearInterval(hold);
      setImmediate(resolve);
    });
  });

clockConformance("SystemClock", () => {
  const clock = new SystemClock();
  return { clock, elapse: (durationMs) => elapse(clock, durationMs) };
});

test("a delay longer than one leg is made of several and is not early", async () => {
  const clock = new SystemClock(3);
  const dueMs = clock.monotonicMs() + 14;
  let ranAtMs = -1;
  clock.after(14, () => (ranAtMs = clock.monotonicMs()));
  await elapse(clock, 30);
  assert.ok(ranAtMs >= dueMs, `due at ${dueMs}, ran at ${ranAtMs}`);
});

test("a timer of several legs can be cancelled between two of them", async () => {
  const clock = new SystemClock(2);
  let runs = 0;
  for (let isEarly = false; !isEarly;) {
    runs = 0;
    const dueMs = clock.monotonicMs() + 12;
    const timer = clock.after(12, () => (runs += 1));
    await sleep(6);
    // On a busy machine it may be due by now.
    isEarly = clock.monotonicMs() < dueMs;
    timer.cancel();
    await sleep(15);
  }
  assert.equal(runs, 0);
});

test("a pending timer does not keep the process alive", () => {
  const url = new URL("system-clock.ts", import.meta.url).href;
  const script = `const { SystemClock } = await import(${JSON.stringify(url)});
    new SystemClock().after(60_000, () => {});`;
  const child = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    timeout: 50_000,
  });
  assert.equal(child.status, 0, child.stderr.toString());
});
