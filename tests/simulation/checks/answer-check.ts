import { Violation } from "../base/violation.ts";
import { statusOfFlaw } from "../clients/request-bytes.ts";
import type { ClientRecord } from "../clients/model-client.ts";
import { markOf } from "../providers/chat-answer.ts";
import type { UpstreamRecord } from "../providers/upstream-record.ts";
import { checkStream } from "./stream-check.ts";

/** What the world knows of an exchange beside what its client saw. */
export interface ExchangeFacts {
  /** Its process died while it was open, or none listened. */
  readonly lostServer: boolean;
  /** The gateway itself cut the connection. */
  readonly wasDestroyed: boolean;
}

const fail = (rule: string, { plan }: ClientRecord, what: string): never => {
  throw new Violation(rule, `client ${plan.n}: ${what}`);
};

/** Holds what a client has seen of its answer against what its provider has said. */
export function checkAnswer(
  client: ClientRecord,
  calls: readonly UpstreamRecord[],
  facts: ExchangeFacts,
): void {
  const { plan, status, end } = client;
  if (end === "cut" && !facts.lostServer && !facts.wasDestroyed) {
    fail("STR-4", client, "its connection was cut for no reason");
  }
  if (facts.wasDestroyed && plan.reading.kind === "eager") {
    fail("STR-7", client, "it was cut though it reads as fast as it can");
  }
  if (status === null) return;
  if (status >= 500 && status !== 502 && status !== 503 && status !== 504) {
    fail("RTE-7", client, `status ${status}`);
  }
  if (plan.flaw !== "none") return checkRefusal(client, calls);
  if (status !== 200) return checkError(client);
  if (plan.stream !== null) checkStream(client, calls);
  else checkDocument(client, calls.at(-1));
}

function checkRefusal(client: ClientRecord, calls: readonly UpstreamRecord[]): void {
  const { plan, status } = client;
  if (calls.length > 0) fail("WIR-10", client, `its ${plan.flaw} reached a provider`);
  const isRate = status === 429 && plan.key.id.startsWith("slow");
  const isLate = status === 408 && plan.sending.kind === "never whole";
  if (status !== statusOfFlaw[plan.flaw] && !isRate && !isLate) {
    fail("WIR-10", client, `status ${status} for ${plan.flaw}`);
  }
  checkError(client);
}

/** Every error has the dialect's shape, and says whether to try again. */
function checkError(client: ClientRecord): void {
  if (client.end !== "whole") return;
  const text = Buffer.concat(client.received).toString("utf8");
  // The shape is what is checked.
  const { error } = JSON.parse(text) as { error?: { message?: string; type?: string } };
  if (typeof error?.message !== "string" || typeof error.type !== "string") {
    fail("error shape", client, `an error without words: ${text}`);
  }
  if (!client.headers.has("x-should-retry")) fail("MON-11", client, "no x-should-retry");
}

function checkDocument(client: ClientRecord, served: UpstreamRecord | undefined): void {
  if (client.end !== "whole") return;
  if (served === undefined) return fail("STR-4", client, "an answer from nowhere");
  const received = Buffer.concat(client.received);
  const { surface } = client.plan;
  if (surface === "moderations") return checkVerdict(client, served, received);
  if (surface === "chat" || surface === "embeddings") {
    if (served.end === "ended" && received.equals(served.body)) return;
    return fail("STR-4", client, `its answer is not its provider's: ${received.toString()}`);
  }
  // The gateway's own encoding: a wrong shape fails in the comparison.
  const { choices } = JSON.parse(received.toString("utf8")) as {
    choices: { text: string; finish_reason: string }[];
  };
  const text = served.answer.pieces.join("");
  const right = choices.length === 1 && choices[0]?.text === text && served.end === "ended";
  if (!right || choices[0]?.finish_reason !== served.answer.finish) {
    fail("STR-4", client, `its completion is not its provider's: ${received.toString()}`);
  }
}

function checkVerdict(client: ClientRecord, served: UpstreamRecord, received: Buffer): void {
  // As above.
  const { results } = JSON.parse(received.toString("utf8")) as {
    results: { category_scores: Readonly<Record<string, number>> }[];
  };
  const scores = Object.values(results[0]?.category_scores ?? {});
  const isRight = scores.length > 0 && scores.every((score) => score === markOf(served));
  if (results.length === 1 && isRight && served.end === "ended") return;
  fail("STR-4", client, `its verdict is not its provider's: ${received.toString()}`);
}

/** Until a head is sent the client knows nothing; after that a heartbeat comes in every silence. */
const headWithinMs = 5_000;
const heartbeatMs = 5_000;
const wheelMs = 40;

/** RTE-6 and STR-9: who streams hears something every 5 s, the way through the network aside. */
export function checkSilence(client: ClientRecord, durableMs: number | null): void {
  const { plan, statusMs, longestSilenceMs, status } = client;
  const isQuick = plan.reading.kind === "eager" && plan.answer.padding === 0;
  if (plan.stream === null || statusMs === null || durableMs === null || !isQuick) return;
  const networkMs = 3 * plan.network.latencyMs + wheelMs;
  const waitedMs = statusMs - durableMs;
  if (waitedMs > headWithinMs + networkMs) fail("RTE-6", client, `no head for ${waitedMs} ms`);
  if (status === 200 && longestSilenceMs > heartbeatMs + networkMs) {
    fail("STR-9", client, `nothing came for ${longestSilenceMs} ms`);
  }
}
