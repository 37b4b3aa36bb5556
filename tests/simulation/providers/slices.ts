import type { Dice } from "../base/dice.ts";
import type { Frame } from "./chat-answer.ts";

/** How fast a provider is with one call. */
export interface Pace {
  readonly headMs: number;
  /** From the head to the first bytes. */
  readonly firstMs: number;
  /** Between two frames. */
  readonly frameMs: number;
}

/** Bytes that arrive together: up to `end` of the body, so long after those before. */
export interface Slice {
  readonly end: number;
  readonly afterMs: number;
}

type Cut = "at frames" | "anywhere" | "in bursts" | "into crumbs";

const crumbsLimitBytes = 1_500;

/** Cuts a stream into what arrives together: at frames, inside characters, in bursts, in crumbs. */
export function slicesOf(
  frames: readonly Frame[],
  length: number,
  pace: Pace,
  dice: Dice,
): Slice[] {
  const cut = dice.weighted<Cut>({ "at frames": 5, anywhere: 4, "in bursts": 3, "into crumbs": 1 });
  const ends = cut === "into crumbs" && length < crumbsLimitBytes ? crumbs(length, dice) : [];
  if (ends.length === 0) ends.push(...frameEnds(frames, length, cut, dice));
  const perSlice = (pace.frameMs * frames.length) / Math.max(1, ends.length);
  return ends.map((end, index) => ({ end, afterMs: index === 0 ? pace.firstMs : perSlice }));
}

function crumbs(length: number, dice: Dice): number[] {
  const ends: number[] = [];
  for (let at = dice.whole(1, 4); at < length; at += dice.whole(1, 4)) ends.push(at);
  if (length > 0) ends.push(length);
  return ends;
}

function frameEnds(frames: readonly Frame[], length: number, cut: Cut, dice: Dice): number[] {
  const burst = cut === "in bursts" ? dice.whole(2, 12) : 1;
  const ends: number[] = [];
  let at = 0;
  for (const [index, frame] of frames.entries()) {
    const before = at;
    at += frame.bytes.length;
    if ((index + 1) % burst !== 0) continue;
    const end = cut === "anywhere" && dice.chance(0.5) ? dice.whole(before + 1, at) : at;
    if (end < length) ends.push(end);
  }
  if (length > 0) ends.push(length);
  return ends;
}
