import { gzipSync } from "node:zlib";
import type { Behaviour } from "../behaviour.ts";
import type { CallFacts } from "../dialect.ts";
import { streamErrors, type ErrorFault, type FaultName } from "../faults.data.ts";
import { joined, type Script, type Step } from "../script.ts";
import { manyHeaders } from "./answerless.ts";
import { StreamCall } from "./stream-call.ts";
import type { StreamedAnswer } from "./streamed-answer.ts";

const end: Step = { do: "end" };
const stall: Step = { do: "stall" };

const cut = (...steps: Step[]): Script => ({ steps, outcome: "cut_by_us" });
const full = (...steps: Step[]): Script => ({ steps, outcome: "complete" });

/** An error in the stream: the first thing that is said, or behind some tokens. */
const errorIn = (call: StreamCall, name: ErrorFault): Script =>
  call.strikesFirst
    ? { steps: [...call.waitAndHead(), call.sendError(name), end], outcome: "error" }
    : cut(...call.begin(), ...call.untilStrike(), call.sendError(name), end);

/** What each fault makes of a stream; those that are not here leave it as it is. */
const streamFaults: Partial<Record<FaultName, (call: StreamCall) => Script | null>> = {
  "stall-body": (call) => cut(...call.waitAndHead(), stall),
  "stall-role": (call) => cut(...call.begin(), stall),
  stall: (call) => cut(...call.beginUntilStrike(), stall),
  "cut-fin": (call) => cut(...call.beginUntilStrike(), { do: "cut", how: "fin" }),
  "cut-rst": (call) => cut(...call.beginUntilStrike(), { do: "cut", how: "rst" }),
  "cut-clean": (call) => cut(...call.beginUntilStrike(), end),
  "error-event": (call) => cut(...call.begin(), ...call.untilStrike(), call.sendError("500"), end),
  "error-first": (call) => ({
    steps: [...call.waitAndHead(), call.sendError("500"), end],
    outcome: "error",
  }),
  "truncated-frame": (call) =>
    cut(...call.begin(), ...call.content(), call.send(call.frames.truncated()), end),
  endless: (call) =>
    cut(...call.begin(), ...call.content(), call.endlessContent(), { do: "cut", how: "fin" }),
  "broken-event": (call) => {
    const content = [...call.untilStrike(), call.send(call.frames.broken()), ...call.fromStrike()];
    return full(...call.begin(), ...content, call.closing(), end);
  },
  "huge-line": (call) =>
    full(...call.begin(), ...call.hugeFrame(), ...call.content(), call.closing(), end),
  "no-terminal": (call) =>
    cut(...call.begin(), ...call.content(), call.send(call.frames.unterminated()), end),
  "bad-crc": (call) => {
    const bad = call.frames.corrupt("bad-crc");
    if (bad === null) return null;
    const content = [...call.untilStrike(), call.send(bad), ...call.fromStrike()];
    return full(...call.begin(), ...content, call.closing(), end);
  },
  "huge-length": (call) => {
    const huge = call.frames.corrupt("huge-length");
    return huge === null ? null : cut(...call.begin(), ...call.untilStrike(), call.send(huge), end);
  },
  "double-terminal": (call) =>
    full(...call.begin(), ...call.content(), call.closing(), call.closing(), end),
  "content-after-end": (call) => {
    const { frames } = call;
    const late = call.send(joined([frames.closing(), call.someContent(), frames.closing()]));
    return full(...call.begin(), ...call.content(), late, end);
  },
  "odd-framing": (call) => full(...call.waitAndHead(), call.sendAll(call.frames.odd()), end),
  gzip: (call) =>
    full(
      ...call.waitAndHead(["content-encoding", "gzip"]),
      call.sendAll(gzipSync(call.frames.whole())),
      end,
    ),
  "many-headers": (call) =>
    full(...call.begin(manyHeaders()), ...call.content(), call.closing(), end),
};

/** The stream of an answer under a behaviour. */
export const streamScript = (
  answer: StreamedAnswer,
  facts: CallFacts,
  behaviour: Behaviour,
): Script => {
  const call = new StreamCall(answer, facts, behaviour);
  const { fault, tokensPerSecond, firstTokenMs, pauseAfter } = behaviour;
  if (fault === null && tokensPerSecond === null && pauseAfter === null) {
    const wait: Step = { do: "wait", ms: firstTokenMs, tokens: 0 };
    return firstTokenMs > 0 ? full(wait, call.whole()) : full(call.whole());
  }
  const error = fault === null ? undefined : streamErrors[fault];
  if (error !== undefined) return errorIn(call, error);
  const faulty = fault === null ? undefined : streamFaults[fault];
  return faulty?.(call) ?? full(...call.begin(), ...call.content(), call.closing(), end);
};
