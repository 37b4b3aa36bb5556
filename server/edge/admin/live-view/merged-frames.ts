import type { RecentFrame } from "@sekisho/gateway/observe/recent-calls.ts";
import { mergeHistogramBytes } from "@sekisho/lib/telemetry/histogram-bytes.ts";
import type {
  CodeCounts,
  LiveRefusals,
  LiveSecond,
  LiveSlot,
  LiveTarget,
} from "@sekisho/wire/admin/live.ts";

/** Figures of several processes over the same seconds, added; the first has the second of now. */
export function mergedFrames(frames: readonly [RecentFrame, ...RecentFrame[]]): RecentFrame {
  const [own] = frames;
  if (frames.length === 1) return own;
  const seconds = frames.flatMap((each) => each.seconds).filter(([at]) => at < own.second);
  return {
    second: own.second,
    seconds: merged(seconds, ([at]) => at, addSeconds).toSorted(([one], [other]) => one - other),
    targets: merged(
      frames.flatMap(({ targets }): readonly LiveTarget[] => targets),
      ({ id }) => id,
      (one) => one,
    ),
    slots: merged(
      frames.flatMap(({ slots }): readonly LiveSlot[] => slots),
      ({ target, slot }) => `${slot} ${target}`,
      addSlots,
    ),
    refusals: merged(
      frames.flatMap(({ refusals }): readonly LiveRefusals[] => refusals),
      ({ slot }) => slot,
      ({ slot, codes }, other) => ({ slot, codes: addCodes(codes, other.codes) }),
    ),
  };
}

function merged<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | number,
  add: (one: Item, other: Item) => Item,
): Item[] {
  const found = new Map<string | number, Item>();
  for (const item of items) {
    const key = keyOf(item);
    const known = found.get(key);
    found.set(key, known === undefined ? item : add(known, item));
  }
  return [...found.values()];
}

const addSeconds = (one: LiveSecond, other: LiveSecond): LiveSecond => [
  one[0],
  one[1] + other[1],
  one[2] + other[2],
  one[3] + other[3],
  one[4] + other[4],
  one[5] + other[5],
];

const addSlots = (one: LiveSlot, other: LiveSlot): LiveSlot => ({
  target: one.target,
  slot: one.slot,
  requests: one.requests + other.requests,
  errors: one.errors + other.errors,
  codes: addCodes(one.codes, other.codes),
  failedAttempts: addCodes(one.failedAttempts, other.failedAttempts),
  inputTokens: one.inputTokens + other.inputTokens,
  outputTokens: one.outputTokens + other.outputTokens,
  costNanoUsd: one.costNanoUsd + other.costNanoUsd,
  totalUs: addHistograms(one.totalUs, other.totalUs),
  firstTokenUs: addHistograms(one.firstTokenUs, other.firstTokenUs),
  tokensPerSecond: addHistograms(one.tokensPerSecond, other.tokensPerSecond),
});

const addHistograms = (one: string, other: string): string => {
  const bytes = mergeHistogramBytes(Buffer.from(one, "base64"), Buffer.from(other, "base64"));
  return Buffer.from(bytes).toString("base64");
};

function addCodes(one: CodeCounts, other: CodeCounts): CodeCounts {
  const sums = new Map(Object.entries(one));
  for (const [code, count] of Object.entries(other)) sums.set(code, (sums.get(code) ?? 0) + count);
  return Object.fromEntries(sums);
}
