import type { RarePath } from "../base/sometimes.data.ts";
import type { Sometimes } from "../base/sometimes.ts";
import type { ClientRecord } from "../clients/model-client.ts";
import type { Fault } from "../providers/faults.data.ts";
import { framesDelivered, type UpstreamRecord } from "../providers/upstream-record.ts";
import { isSameTarget } from "../scenario/pool-targets.ts";
import type { WorldClient } from "../world-client.ts";
import { errorCodeOf, readFrames } from "./answer-frames.ts";
import { hasTerminal } from "./attempt-check.ts";
import { placeIn, type PlannedCall, type PlannedTarget } from "./planned-call.ts";

interface DispatchView {
  readonly planned: PlannedCall;
  readonly client: ClientRecord;
  readonly sometimes: Sometimes;
}

/** Does another one go ahead of the first of a list because that one starts slowly? */
function isHeldBack({ alias, targets, warming }: PlannedCall, chosen: PlannedTarget): boolean {
  const isList = alias.pools[chosen.pool]?.balance === "failover" && warming.has(chosen.pool);
  const isEqual = (each: PlannedTarget): boolean =>
    each.pool === chosen.pool && each.priority === chosen.priority;
  return isList && targets.some((each) => isEqual(each) && each.place < chosen.place);
}

/** Which rare path a call to a provider is, judged when it begins. */
export function noteDispatch(
  record: UpstreamRecord,
  earlier: readonly UpstreamRecord[],
  { planned, client, sometimes }: DispatchView,
): void {
  const before = earlier.at(-1);
  const place = placeIn(planned, record.target);
  if (place?.inPanic === true) sometimes.reached("call in panic");
  if (place !== undefined && place.pool > 0) sometimes.reached("chain fell back");
  if (before === undefined && place !== undefined && isHeldBack(planned, place)) {
    sometimes.reached("slow start held back");
  }
  if (before === undefined) return;
  const isSame = isSameTarget(before.target, record.target);
  sometimes.reached(isSame ? "retry after a backoff" : "fail-over");
  if (record.attempt === 3) sometimes.reached("third attempt");
  if (client.status === 200) sometimes.reached("fail-over after the head was sent");
  if (before.fault === "401") sometimes.reached("credential refused");
  if (before.fault === "429" && before.hintMs !== null) sometimes.reached("throttled with a hint");
}

/** Faults that are paths of their own once something of the answer was delivered. */
const pathOfFault: Partial<Record<Fault, RarePath>> = {
  "error before content": "error event before content",
  "error after content": "error event after content",
  "broken event": "broken event",
  "terminal without finish": "false terminal",
  "finish without terminal": "finish without terminal",
  "two terminals": "two terminals",
  "content after the end": "content after the end",
  "empty body": "malformed whole answer",
  "HTML body": "malformed whole answer",
  "empty object": "malformed whole answer",
};

/** The same when it is over. */
export function noteClosed(record: UpstreamRecord, sometimes: Sometimes): void {
  const path = pathOfFault[record.fault];
  if (path !== undefined && record.deliveredBytes > 0) sometimes.reached(path);
  if (record.fault === "connection kept open" && record.end === "aborted" && hasTerminal(record)) {
    sometimes.reached("connection kept open");
  }
  if (record.wasPaused) sometimes.reached("slow reader paused the provider");
  if (record.wasResumed) sometimes.reached("provider resumed after a pause");
  if (record.tornCharacters > 0) sometimes.reached("torn inside a character");
  if (record.firstContentMs === null) return;
  if (record.fault === "end in the middle" && record.end === "ended") {
    sometimes.reached("ended in the middle");
  }
  if (record.fault === "cut in the middle" && record.end === "failed") {
    sometimes.reached("cut in the middle");
    if (isTorn(record)) sometimes.reached("cut inside a frame");
  }
}

function isTorn(record: UpstreamRecord): boolean {
  const whole = record.frames.slice(0, framesDelivered(record));
  return whole.reduce((sum, { bytes }) => sum + bytes.length, 0) !== record.deliveredBytes;
}

/** The server has learnt that a client left. */
export function noteGone(
  state: WorldClient,
  calls: readonly UpstreamRecord[],
  sometimes: Sometimes,
): void {
  if (state.bodyEndedMs === null) return sometimes.reached("client left in the body");
  const call = calls.at(-1);
  if (call === undefined) return;
  // The gateway has closed the call in this very instant, if it was open.
  if (call.end !== null && !(call.end === "aborted" && call.closedMs === state.goneMs)) {
    if (state.client.record.status === null) sometimes.reached("client left during a backoff");
  } else if (call.firstContentMs === null) sometimes.reached("client left before the first token");
  else sometimes.reached("client left in mid-stream");
}

/** What a client has seen at its end. */
export function noteAnswer(
  state: WorldClient,
  calls: readonly UpstreamRecord[],
  sometimes: Sometimes,
): void {
  const { record } = state.client;
  if (state.lostServer) {
    sometimes.reached(
      state.exchange === null ? "client met a closed door" : "client cut by a crash",
    );
  }
  if (state.wasDestroyed) sometimes.reached("slow reader was cut");
  if (record.status === null) return;
  if (record.plan.flaw !== "none") return sometimes.reached("refused: flawed request");
  if (record.status !== 200) noteError(record, sometimes);
  else if (record.plan.stream === null) noteDocument(record, calls.at(-1), sometimes);
  else noteStream(record, calls.at(-1), sometimes);
}

const pathOfCode: Readonly<Record<string, RarePath>> = {
  rate_limit_exceeded: "refused: rate",
  circuit_open: "refused: circuit open",
  upstream_auth: "refused: credential",
  deadline_exceeded: "deadline before content",
  body_timeout: "body timed out",
  upstream_timeout: "attempt timed out",
};

function noteError(record: ClientRecord, sometimes: Sometimes): void {
  if (record.end !== "whole") return;
  // The shape was checked before.
  const { error } = JSON.parse(Buffer.concat(record.received).toString()) as {
    error: { code: string | null };
  };
  const isRejected = record.status === 400 && error.code === null;
  const path = isRejected ? "provider rejected the request" : pathOfCode[error.code ?? ""];
  if (path === undefined) return;
  if (path !== "attempt timed out" || record.plan.stream === null) sometimes.reached(path);
  else sometimes.reached("first token timed out");
}

const completePaths = {
  chat: "answer complete",
  completions: "legacy completion complete",
  embeddings: "vectors complete",
  moderations: "verdict complete",
} as const satisfies Record<ClientRecord["plan"]["surface"], RarePath>;

function noteDocument(
  record: ClientRecord,
  served: UpstreamRecord | undefined,
  sometimes: Sometimes,
): void {
  if (record.end !== "whole") return;
  sometimes.reached(completePaths[record.plan.surface]);
  if (record.plan.surface === "embeddings" && (served?.attempt ?? 1) > 1) {
    sometimes.reached("vectors retried");
  }
  noteUsage(served, sometimes);
}

function noteStream(
  record: ClientRecord,
  served: UpstreamRecord | undefined,
  sometimes: Sometimes,
): void {
  const { frames, heartbeats } = readFrames(record.received);
  if (heartbeats > 0) sometimes.reached("heartbeat");
  const code = errorCodeOf(frames.at(-1));
  const isEarly = frames.length === 1;
  if (code === "deadline_exceeded") {
    sometimes.reached(isEarly ? "deadline before content" : "deadline in mid-stream");
  } else if (code === "upstream_timeout") {
    sometimes.reached(isEarly ? "first token timed out" : "next token timed out");
  }
  if (record.end !== "whole" || code !== null) return;
  const isLegacy = record.plan.surface === "completions";
  sometimes.reached(isLegacy ? "legacy stream complete" : "answer complete");
  if (isLegacy && served?.fault === "broken event") sometimes.reached("broken event skipped");
  noteUsage(served, sometimes);
}

function noteUsage(served: UpstreamRecord | undefined, sometimes: Sometimes): void {
  if (served?.fault === "no usage") sometimes.reached("no usage");
  if (served?.fault === "absurd usage") sometimes.reached("absurd usage");
}
