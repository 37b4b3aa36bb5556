import { Violation } from "../base/violation.ts";
import type { ClientRecord } from "../clients/model-client.ts";
import type { Frame } from "../providers/chat-answer.ts";
import { framesDelivered, type UpstreamRecord } from "../providers/upstream-record.ts";
import { errorCodeOf, evenLines, readFrames } from "./answer-frames.ts";

const done = "data: [DONE]\n\n";

/**
 * STR-4: what a reader accepted is the beginning of what its provider said, ends with exactly one
 * terminal, and says so when the provider did not come to its end.
 */
export function checkStream(client: ClientRecord, calls: readonly UpstreamRecord[]): void {
  const read = readFrames(client.received);
  const { frames } = read;
  const error = errorCodeOf(frames.at(-1));
  const isDone = frames.at(-1) === done;
  const said = error === null && !isDone ? frames : frames.slice(0, -1);
  const fail = (what: string): never => {
    throw new Violation("STR-4", `client ${client.plan.n}: ${what}`);
  };
  if (said.some((frame) => frame === done || errorCodeOf(frame) !== null)) {
    fail("a terminal is not the last of its events");
  }
  if (client.end === "whole" && read.rest !== "") fail(`half an event at the end: ${read.rest}`);
  const served = calls.at(-1);
  if (served === undefined) {
    if (client.end === "whole" && error === null) fail("an answer from nowhere");
    return;
  }
  const end = client.end !== "whole" ? "none" : error === null ? "clean" : "error";
  const seen: Seen = { said, end, isDone };
  const problem =
    client.plan.surface === "chat"
      ? relayProblem(seen, served, client.plan.stream?.wantsUsage === true)
      : translationProblem(seen, served);
  if (problem !== null) fail(problem);
}

interface Seen {
  readonly said: readonly string[];
  /** None: the client left, or was cut off. */
  readonly end: "clean" | "error" | "none";
  readonly isDone: boolean;
}

/** Frames before the one that ends the answer, one way or the other. */
function contentFrames(served: UpstreamRecord, isTranslated: boolean): readonly Frame[] {
  const ends = isTranslated ? ["error", "done"] : ["error", "broken", "done"];
  const end = served.frames.findIndex(({ kind }) => ends.includes(kind));
  return end === -1 ? served.frames : served.frames.slice(0, end);
}

function relayProblem(seen: Seen, served: UpstreamRecord, wantsUsage: boolean): string | null {
  const delivered = framesDelivered(served);
  const isVisible = ({ kind }: Frame): boolean => wantsUsage || kind !== "usage";
  const all = contentFrames(served, false);
  const visible = all.filter(isVisible);
  const isCut = isCutAtCap(seen, served);
  for (const [index, frame] of (isCut ? seen.said.slice(0, -1) : seen.said).entries()) {
    const right = visible[index];
    if (right === undefined) return `event ${index} was never said: ${frame}`;
    const text = evenLines(right.bytes.toString("utf8"));
    if (frame !== text) return `event ${index} is ${frame} instead of ${text}`;
  }
  if (isCut) return capProblem(visible.slice(0, seen.said.length - 1), served);
  if (seen.end === "clean") {
    if (!seen.isDone) return "a clean end without a terminal";
    if (!isEndDelivered(served)) return "a clean end that its provider never sent";
    const missing = visible.length - seen.said.length;
    return missing === 0 ? null : `${missing} events are missing before the end`;
  }
  if (seen.end === "none") return null;
  const expected = served.firstContentMs === null ? [] : all.slice(0, delivered).filter(isVisible);
  // A last frame without its blank line is handed out only when the provider closes cleanly, and
  // only if it says something.
  const isUnfinished = served.end !== "ended" || hasTornComment(served);
  const missing = expected.length - seen.said.length;
  return missing <= (isUnfinished ? 1 : 0) ? null : `${missing} events are missing`;
}

/** Ended by the gateway: a provider that goes on for ever never says that it came to its cap. */
function isCutAtCap({ said, end, isDone }: Seen, { fault }: UpstreamRecord): boolean {
  const isEnd = /"finish_reason":"length"/.test(said.at(-1) ?? "");
  return fault === "endless trickle" && end === "clean" && isDone && isEnd;
}

/** MON-7: each of its pieces is a token, and as many of them passed as it might say. */
function capProblem(passed: readonly Frame[], { maxTokens }: UpstreamRecord): string | null {
  const pieces = passed.filter(({ kind }) => kind === "content").length;
  return pieces === maxTokens ? null : `${pieces} pieces passed of a cap of ${maxTokens}`;
}

const textOfCap = (all: readonly Frame[], { maxTokens }: UpstreamRecord): string =>
  all
    .slice(0, maxTokens)
    .map((frame) => frame.text)
    .join("");

/** Was the last frame that came a comment, of which the end is missing? */
function hasTornComment(served: UpstreamRecord): boolean {
  const frames = served.frames.slice(0, framesDelivered(served));
  const bytes = frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
  return frames.at(-1)?.kind === "comment" && bytes > served.deliveredBytes;
}

function translationProblem(seen: Seen, served: UpstreamRecord): string | null {
  const all = contentFrames(served, true).filter(({ kind }) => kind === "content");
  const text = seen.said.map(textOfChunk).join("");
  const right = all.map((frame) => frame.text).join("");
  if (!right.startsWith(text)) return `its text is ${text}, its provider's ${right}`;
  if (seen.end !== "clean") return null;
  if (!seen.isDone) return "no terminal of its own dialect";
  if (isCutAtCap(seen, served)) {
    return text === textOfCap(all, served) ? null : "not cut at its cap";
  }
  if (text !== right) return "its text is not whole";
  return isEndDelivered(served) ? null : "a clean end that its provider never sent";
}

function textOfChunk(frame: string): string {
  if (!frame.startsWith("data: {")) throw new Violation("STR-4", `no chunk: ${frame}`);
  // The gateway's own encoding: a wrong shape fails in the comparison.
  const { choices } = JSON.parse(frame.slice("data: ".length)) as { choices: { text: string }[] };
  return choices.map((choice) => choice.text).join("");
}

/**
 * Did the provider say why its answer ends, and then that it has ended: by its terminal event, or
 * by closing cleanly behind the reason?
 */
function isEndDelivered(served: UpstreamRecord): boolean {
  const delivered = served.frames.slice(0, framesDelivered(served));
  const has = (wanted: Frame["kind"]): boolean => delivered.some(({ kind }) => kind === wanted);
  if (!has("finish")) return false;
  return has("done") || served.end === "ended";
}
