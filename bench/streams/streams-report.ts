import type { Machine } from "../machine.ts";
import type { FrameCost } from "./frame-loop.ts";
import type { HoldResult } from "./hold-load.ts";

export interface ManyFigures extends HoldResult {
  readonly streams: number;
  readonly beforeMb: number;
  /** In the files of streams. */
  readonly keptBytes: number;
}

export interface IdleFigures extends HoldResult {
  readonly sessions: number;
  readonly beforeMb: number;
}

const mebibyte = 2 ** 20;
const mb = (bytes: number): string => (bytes / mebibyte).toFixed(0);

const state = (value: number, limit: number): string => (value <= limit ? "reached" : "MISSED");

/**
 * Every stream is to end alike: the most frequent end is the right one. More events than that are
 * comments of a stream whose first token came late.
 */
export function oddEnds(ends: HoldResult["ends"]): number {
  const byKind = Map.groupBy(Object.entries(ends), ([end]) => end.startsWith("seq"));
  return [...byKind].reduce((sum, [isNumbered, kind]) => {
    const [usual = "", most = 0] = kind.toSorted(([, a], [, b]) => b - a)[0] ?? [];
    const more = kind.filter(
      ([end]) => !isNumbered && Number.parseInt(end) > Number.parseInt(usual),
    );
    const alike = more.reduce((all, [, count]) => all + count, most);
    return sum + kind.reduce((all, [, count]) => all + count, 0) - alike;
  }, 0);
}

export function manyLines(figures: ManyFigures): string[] {
  const { streams, most, errors, firstError, ends, beforeMb, peakMb } = figures;
  const each = ((peakMb - beforeMb) * 1_000) / streams;
  // Streams that were never open all at once have not shown what they are here to show.
  const wrong = errors + oddEnds(ends) + (streams - most);
  const seen = Object.entries(ends).map(([end, count]) => `${count} × ${end}`);
  const first = wrong === 0 ? "" : ` (first: ${firstError || "none"}; ends: ${seen.join(", ")})`;
  return [
    `### ${streams} resumable streams, a chunk per second each`,
    "",
    `* ${state(wrong, 0)}: ${wrong} errors${first}; ${most} streams open at once`,
    `* ${each.toFixed(1)} MB per 1,000 at the peak`,
    `* ${(figures.coreShare * 100).toFixed(0)} % of a core while all are open, ` +
      "the writer's thread included",
    `* ${mb(figures.writtenBytes)} MB written to the disk, ${mb(figures.keptBytes)} MB kept`,
    `* ${figures.files} files open`,
    "",
  ];
}

export function idleLines(figures: IdleFigures): string[] {
  const { sessions, most, errors, beforeMb, openedMb, peakMb } = figures;
  const scale = 10_000 / sessions;
  const opened = (openedMb - beforeMb) * scale;
  const peak = (peakMb - beforeMb) * scale;
  return [
    `### ${sessions} idle sessions`,
    "",
    `* ${state(errors, 0)}: ${errors} errors; ${most} sessions open at once`,
    `* ${state(opened, 80)}: ${opened.toFixed(0)} MB per 10,000 once they are open, 80 allowed`,
    `* ${peak.toFixed(0)} MB per 10,000 at the peak of a minute, garbage of its pings included`,
    `* ${(figures.coreShare * 100).toFixed(1)} % of a core for a ping each every 5 s`,
    "",
  ];
}

export const frameLines = ({ alone, corked }: FrameCost): string[] => [
  "### Frames of a session",
  "",
  `* ${state(alone, 8)}: ${alone.toFixed(2)} µs of CPU for one alone in its turn, 8 allowed`,
  `* ${state(corked, 1.5)}: ${corked.toFixed(2)} µs with 63 others of its turn, 1.5 allowed`,
  "",
];

export const reportOf = (
  { at, cpu, cores, commit, node, kernel }: Machine & { readonly at: string },
  lines: readonly string[],
): string =>
  [
    `# Streams of ${at}`,
    "",
    `Commit ${commit}; ${cpu}, ${cores} cores, Linux ${kernel}; Node ${node}.`,
    "How it is measured is in [README.md](../README.md).",
    "",
    ...lines,
  ].join("\n");
