import { gzipSync } from "node:zlib";
import type { Behaviour } from "../behaviour.ts";
import type { CallFacts } from "../dialect.ts";
import type { FaultName } from "../faults.data.ts";
import type { Script, Step } from "../script.ts";
import { manyHeaders } from "./answerless.ts";
import { StreamCall, type StreamedAnswer } from "./stream-call.ts";

const end: Step = { do: "end" };
const stall: Step = { do: "stall" };

const cut = (...steps: Step[]): Script => ({ steps, outcome: "cut_by_us" });
const full = (...steps: Step[]): Script => ({ steps, outcome: "complete" });

/** Every freedom that the format of event streams leaves, with the same events in it. */
const oddFraming = (text: string): string => {
  const styles: readonly ((line: string) => string)[] = [
    (line) => `${line}\r\n\r\n`,
    (line) => `: comment\r${line}\r\r`,
    (line) => `${line.replace(/^data: /, "data:")}\n\n`,
    (line) => `id: 7\nretry: 100\n${line.replace(/,"created"/, ',\ndata: "created"')}\n\n`,
  ];
  const events = text.split("\n\n").filter((event) => event !== "");
  const odd = events.map((event, n) => styles[n % styles.length]?.(event) ?? event);
  return `\ufeff:\n\n${odd.join("")}`;
};

/** What each fault makes of a stream; those that are not here leave it as it is. */
const streamFaults: Partial<Record<FaultName, (call: StreamCall) => Script>> = {
  "stall-body": (call) => cut(...call.waitAndHead(), stall),
  "stall-role": (call) => cut(...call.begin(), stall),
  stall: (call) => cut(...call.begin(), call.untilStrike(), stall),
  "cut-fin": (call) => cut(...call.begin(), call.untilStrike(), { do: "cut", how: "fin" }),
  "cut-rst": (call) => cut(...call.begin(), call.untilStrike(), { do: "cut", how: "rst" }),
  "cut-clean": (call) => cut(...call.begin(), call.untilStrike(), end),
  "error-event": (call) => cut(...call.begin(), call.untilStrike(), call.sendError(), end),
  "error-first": (call) => ({
    steps: [...call.waitAndHead(), call.sendError(), end],
    outcome: "error",
  }),
  "truncated-frame": (call) => cut(...call.begin(), call.content(), call.sendTruncated(), end),
  endless: (call) =>
    cut(...call.begin(), call.content(), call.endlessContent(), { do: "cut", how: "fin" }),
  "broken-event": (call) => {
    const content = [call.untilStrike(), call.sendBroken(), call.fromStrike()];
    return full(...call.begin(), ...content, call.send(call.closing()), end);
  },
  "huge-line": (call) =>
    full(...call.begin(), ...call.hugeLine(), call.content(), call.send(call.closing()), end),
  "double-terminal": (call) =>
    full(...call.begin(), call.content(), call.send(call.closing() + call.closing()), end),
  "content-after-end": (call) => {
    const late = call.closing() + call.someContent() + call.closing();
    return full(...call.begin(), call.content(), call.send(late), end);
  },
  "odd-framing": (call) => full(...call.waitAndHead(), call.sendAll(oddFraming(call.text())), end),
  gzip: (call) =>
    full(
      ...call.waitAndHead(["content-encoding", "gzip"]),
      call.sendAll(gzipSync(call.text())),
      end,
    ),
  "many-headers": (call) =>
    full(...call.begin(manyHeaders()), call.content(), call.send(call.closing()), end),
};

/** The stream of an answer under a behaviour. */
export const streamScript = (
  answer: StreamedAnswer,
  facts: CallFacts,
  behaviour: Behaviour,
): Script => {
  const call = new StreamCall(answer, facts, behaviour);
  const { fault, tokensPerSecond, firstTokenMs } = behaviour;
  if (fault === null && tokensPerSecond === null) {
    const wait: Step = { do: "wait", ms: firstTokenMs, tokens: 0 };
    return firstTokenMs > 0 ? full(wait, call.whole()) : full(call.whole());
  }
  const faulty = fault === null ? undefined : streamFaults[fault];
  return faulty?.(call) ?? full(...call.begin(), call.content(), call.send(call.closing()), end);
};
