import { test } from "node:test";

/** What every harness of a conformance suite offers. */
export interface CheckedHarness {
  /** Waits for something that must happen. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Long enough for something that must not happen to happen. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export type HarnessCheck<H extends CheckedHarness> = (
  title: string,
  run: (harness: H) => Promise<void>,
) => void;

/** Runs each check in a harness of its own and closes that. */
export const harnessChecks =
  <H extends CheckedHarness>(name: string, makeHarness: () => Promise<H>): HarnessCheck<H> =>
  (title, run) => {
    void test(`${name}: ${title}`, async () => {
      const harness = await makeHarness();
      try {
        await run(harness);
      } finally {
        await harness.close();
      }
    });
  };
