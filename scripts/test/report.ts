/** What a test process tells the runner, one message each. */
export type Report =
  | { readonly kind: "started"; readonly name: string }
  | { readonly kind: "failed"; readonly failure: Failed }
  | { readonly kind: "skipped"; readonly name: string; readonly reason: string }
  | { readonly kind: "summary"; readonly counts: Counts };

/** A failed test: its names from the outside in, its place and its error. */
export interface Failed {
  readonly name: string;
  readonly place: string;
  readonly error: string;
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };

export const addCounts = (a: Counts, b: Counts): Counts => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** The line that ends a run. */
export const closingLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** A run is good when something ran and nothing failed. */
export const isGood = ({ passed, failed }: Counts): boolean => passed > 0 && failed === 0;
