import assert from "node:assert/strict";
import * as fc from "fast-check";
import { amounts, entry, fails, tags, total, type WriterHarness } from "./writer-harness.ts";
import type { Write } from "./writer.ts";

/** One call on the writer: entries that may conflict, totals that fold. */
interface Step {
  readonly kind: "commit" | "enqueue" | "turn";
  readonly tags: readonly number[];
  readonly totals: readonly (readonly [name: string, amount: number])[];
}

type Amounts = Record<string, number>;

const scripts = fc.array(
  fc.record({
    kind: fc.constantFrom(
      "commit" as const,
      "commit" as const,
      "enqueue" as const,
      "turn" as const,
    ),
    tags: fc.array(fc.nat(60), { maxLength: 3 }),
    totals: fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.nat(1_000)), { maxLength: 3 }),
  }),
  { maxLength: 60 },
);

/** Enqueued tags are others than committed ones: which of two such calls comes first is open. */
const firstOwed = 100;

/** The calls of one kind, one after another, on plain data. */
class Model {
  readonly tags: number[] = [];
  readonly amounts: Amounts = {};

  /** False when the call conflicts and changes nothing. */
  apply(step: Step): boolean {
    const isUnique =
      new Set([...this.tags, ...step.tags]).size === this.tags.length + step.tags.length;
    if (!isUnique) return false;
    this.tags.push(...step.tags);
    for (const [name, amount] of step.totals) {
      this.amounts[name] = (this.amounts[name] ?? 0) + amount;
    }
    return true;
  }
}

const ofKind = (step: Step): Step =>
  step.kind === "enqueue" ? { ...step, tags: step.tags.map((tag) => firstOwed + tag) } : step;

const writesOf = (step: Step): Write[] => [
  ...step.tags.map(entry),
  ...step.totals.map(([name, amount]) => total(name, amount)),
];

const replay = async (
  script: readonly Step[],
  makeHarness: () => Promise<WriterHarness>,
): Promise<void> => {
  await using harness = await makeHarness();
  const { writer, reader, settle, elapse, losses } = harness;
  const models = { commit: new Model(), enqueue: new Model() };
  const answers: Promise<void>[] = [];
  let lost = 0;
  for (const step of script.map(ofKind)) {
    if (step.kind === "turn") {
      await elapse(0);
      continue;
    }
    const isAccepted = models[step.kind].apply(step);
    if (step.kind === "enqueue") {
      writer.enqueue(writesOf(step));
      if (!isAccepted) lost += 1;
    } else {
      const commit = writer.commit(writesOf(step), "process");
      answers.push(isAccepted ? commit : assert.rejects(commit, fails("storage_conflict")));
    }
  }
  await settle(Promise.all([...answers, writer.flush().catch(() => undefined)]));
  const written = tags(reader);
  assert.deepEqual(
    written.filter((tag) => tag < firstOwed),
    models.commit.tags,
  );
  assert.deepEqual(
    written.filter((tag) => tag >= firstOwed),
    models.enqueue.tags,
  );
  assert.deepEqual(amounts(reader), sumOf(models.commit.amounts, models.enqueue.amounts));
  assert.equal(losses.length, lost);
};

const sumOf = (a: Amounts, b: Amounts): Amounts => {
  const sum = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
};

/**
 * Any calls, answered in any grouping, end like the same calls made one after another: those of
 * `commit` among themselves and those of `enqueue` among themselves.
 */
export const checkInterleavings = (makeHarness: () => Promise<WriterHarness>): Promise<void> =>
  fc.assert(
    fc.asyncProperty(scripts, (script) => replay(script, makeHarness)),
    { numRuns: 25 },
  );
