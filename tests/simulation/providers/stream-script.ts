import type { Dice } from "../base/dice.ts";
import { drawStyle, FrameWriter, usageOf, type ChatAnswer, type Frame } from "./chat-answer.ts";
import type { Fault } from "./faults.data.ts";

/** How a stream ends once its last byte was sent. */
export type Finale = "end" | "cut" | "silence";

export interface StreamPlan {
  readonly frames: readonly Frame[];
  readonly finale: Finale;
  /** Of the last frame only so much is sent. */
  readonly lastBytes: number | null;
}

/** What a provider that suffers from `fault` streams instead of the honest answer. */
export function streamPlan(answer: ChatAnswer, fault: Fault, dice: Dice): StreamPlan {
  const style = drawStyle(dice);
  const writer = new FrameWriter(answer, style);
  const start = [
    ...(style.comments ? [writer.comment()] : []),
    ...(style.role ? [writer.role()] : []),
  ];
  const content = answer.pieces.map((text) => writer.content(text));
  if (style.comments && content.length > 3) content.splice(2, 0, writer.comment());
  const usage = reportedUsage(answer, fault, dice);
  const isApart = style.usage === "own chunk";
  const finish = writer.finish(answer.finish, isApart ? undefined : usage);
  const counted = isApart && usage !== undefined ? [writer.usage(usage)] : [];
  const parts = { writer, start, content, end: [finish, ...counted, writer.done()] };
  return plans[fault]?.(parts, dice) ?? whole(honest(parts));
}

interface Parts {
  readonly writer: FrameWriter;
  readonly start: readonly Frame[];
  readonly content: readonly Frame[];
  readonly end: readonly Frame[];
}

const whole = (frames: readonly Frame[], finale: Finale = "end"): StreamPlan => ({
  frames,
  finale,
  lastBytes: null,
});

const honest = ({ start, content, end }: Parts): readonly Frame[] => [...start, ...content, ...end];

/** The start, and some of the content. */
const some = ({ start, content }: Parts, dice: Dice): readonly Frame[] => [
  ...start,
  ...content.slice(0, dice.whole(1, content.length)),
];

/** Sometimes everything was said, and only the end is missing. */
const unfinished = (parts: Parts, dice: Dice): readonly Frame[] =>
  dice.chance(0.2)
    ? [...parts.start, ...parts.content, ...parts.end.slice(0, 1)]
    : some(parts, dice);

const extra = (frame: Frame): Frame => ({ ...frame, kind: "extra" });
const endOrSilence = (dice: Dice): Finale => dice.pick(["end", "silence"]);

/** What becomes of a stream, for the faults that show in it. */
const plans: Partial<Record<Fault, (parts: Parts, dice: Dice) => StreamPlan>> = {
  "stall after the head": () => whole([], "silence"),
  "stall after the role": ({ start }) => whole(start, "silence"),
  "stall in the middle": (parts, dice) => torn(some(parts, dice), "silence", dice),
  "end in the middle": (parts, dice) => torn(unfinished(parts, dice), "end", dice),
  "cut in the middle": (parts, dice) => torn(unfinished(parts, dice), "cut", dice),
  "end before content": ({ start }) => whole(start, "end"),
  "cut before content": ({ start }) => whole(start, "cut"),
  "error before content": ({ start, writer }, dice) =>
    whole([...start, writer.error()], endOrSilence(dice)),
  "error after content": (parts, dice) =>
    whole([...some(parts, dice), parts.writer.error()], endOrSilence(dice)),
  "broken event": (parts, dice) => {
    const { writer, content, end } = parts;
    return whole([...some(parts, dice), writer.broken(), ...content.slice(-1), ...end]);
  },
  "no content at all": ({ start, end }) => whole([...start, ...end.slice(0, 1), ...end.slice(-1)]),
  "terminal without finish": (parts, dice) => whole([...some(parts, dice), parts.writer.done()]),
  "finish without terminal": ({ start, content, end }) =>
    whole([...start, ...content, ...end.slice(0, -1)]),
  "two terminals": (parts) => whole([...honest(parts), ...parts.end.map(extra)]),
  "content after the end": (parts) => {
    const late = [parts.writer.content("after the end"), parts.writer.done()];
    return whole([...honest(parts), ...late.map(extra)]);
  },
  "connection kept open": (parts) => whole(honest(parts), "silence"),
};

/** Ends between two frames, or inside the last one. */
function torn(frames: readonly Frame[], finale: Finale, dice: Dice): StreamPlan {
  const length = frames.at(-1)?.bytes.length ?? 0;
  const lastBytes = dice.chance(0.5) && length > 1 ? dice.whole(1, length - 1) : null;
  return { frames, finale, lastBytes };
}

/** Undefined when the provider says nothing of tokens. */
export function reportedUsage(
  { tokens }: ChatAnswer,
  fault: Fault,
  dice: Dice,
): object | undefined {
  if (fault === "no usage") return undefined;
  const honestly = usageOf(tokens);
  if (fault === "huge usage") return { ...honestly, completion_tokens: 400_000_000 };
  if (fault !== "absurd usage") return honestly;
  return { ...honestly, completion_tokens: dice.pick([-5, 1e15, 0.5, "many", null, {}]) };
}
