import { parseArgs } from "node:util";
import type { RollbackPolicy } from "@sekisho/gateway/model-entry.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { formatTable } from "@sekisho/server/cli/table.ts";
import { shareRolledBack, type ArmLife } from "./rollback/arm-trial.ts";
import { usualRollback } from "./rollback/usual-rollback.ts";

/**
 * `npm run rollback:report [-- --lives=1000 --seed=1]`: how surely a bad arm is rolled back
 * within its window, and how often one that is well is, by the rule and the defaults of RTE-4.
 */
const { values } = parseArgs({
  options: {
    lives: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
  },
});
const lives = Number(values.lives);
if (!Number.isSafeInteger(lives) || lives < 1) {
  throw new Error(`Cannot read --lives=${values.lives}: it is not a whole number from 1 up`);
}
const random = new SeededRandom(Number(values.seed));

const windowS = usualRollback.windowMs / 1_000;
const dayS = 86_400;
const dayOfWindows = dayS / windowS;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const right = (title: string) => ({ title, align: "right" }) as const;

const shareOf = (life: ArmLife, policy: RollbackPolicy = usualRollback): string =>
  percent(shareRolledBack(life, policy, { lives, random }));

/** An arm that begins with these errors, and one that had 1 % for so long before. */
const found = (perWindow: number, errors: number): string[] => [
  shareOf({ perWindow, seconds: windowS, failing: () => errors, isCanary: true }),
  ...[1, dayOfWindows].map((windowsBefore) =>
    shareOf({
      perWindow,
      seconds: 2 * windowS,
      failing: (second) => (second < windowS ? 0.01 : errors),
      windowsBefore,
    }),
  ),
];

const plain = { ...usualRollback, falseAlarm: 1 };

/** A day under new weights, a later one, and the first with the bare rate. */
const alarms = (perWindow: number, errors: number): string[] => {
  const day = { perWindow, seconds: dayS, failing: () => errors };
  const later = { ...day, windowsBefore: dayOfWindows };
  return [shareOf(day), shareOf(later), shareOf(day, plain)];
};

const { errorRate, minRequests, falseAlarm } = usualRollback;
console.log(
  `over ${percent(errorRate)} of ${minRequests} calls in ${windowS} s, falseAlarm ${falseAlarm}; ` +
    `${lives} arms each\n\nrolled back within the window:`,
);
console.log(
  formatTable(
    ["CALLS IN WINDOW", "ERRORS", "CANARY", "WELL BEFORE", "WELL FOR A DAY"].map(right),
    [100, 200, 300, 600, 1_000, 3_000].flatMap((perWindow) =>
      [0.1, 0.2, 1].map((errors) => [
        String(perWindow),
        percent(errors),
        ...found(perWindow, errors),
      ]),
    ),
  ),
);
console.log("\nrolled back in a day:");
console.log(
  formatTable(
    ["CALLS IN WINDOW", "ERRORS", "FIRST DAY", "LATER DAY", "BARE RATE"].map(right),
    [100, 150, 300, 600, 3_000].flatMap((perWindow) =>
      [0.02, 0.03, 0.04].map((errors) => [
        String(perWindow),
        percent(errors),
        ...alarms(perWindow, errors),
      ]),
    ),
  ),
);
