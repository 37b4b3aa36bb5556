import { crashAt, type CrashResult } from "./crash-run.ts";

/** So many of the numbers from 1 to `steps`, evenly spread, the first and the last among them. */
export function sample(steps: number, count: number): number[] {
  if (count >= steps) return Array.from({ length: steps }, (_, index) => index + 1);
  return Array.from({ length: count }, (_, index) =>
    Math.round(1 + (index * (steps - 1)) / (count - 1)),
  );
}

/** Crashes at each of these steps, `width` at a time, in order. */
export async function enumerate(
  steps: readonly number[],
  { width, onResult }: { readonly width: number; readonly onResult?: (each: CrashResult) => void },
): Promise<CrashResult[]> {
  const results: CrashResult[] = [];
  const left = [...steps];
  const work = async (): Promise<void> => {
    for (let step = left.shift(); step !== undefined; step = left.shift()) {
      const result = await crashAt(step);
      results.push(result);
      onResult?.(result);
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return results.sort((a, b) => a.step - b.step);
}

const headings = ["step", "killed in", "answered", "unknown", "ready ms", "problems"] as const;

/** One line for each crash. */
export function table(results: readonly CrashResult[]): string {
  const rows = results.map((each) => [
    String(each.step),
    each.killedIn ?? "(not killed)",
    String(each.answered),
    String(each.unknown),
    String(Math.round(each.readyMs)),
    each.problems.join("; ") || "none",
  ]);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line)].join("\n");
}
