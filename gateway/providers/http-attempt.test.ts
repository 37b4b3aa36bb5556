import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type {
  Upstream,
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamHeaders,
} from "@sekisho/lib/http/upstream.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptOutcome } from "../attempt.ts";
import type { AttemptInput } from "../provider.ts";
import { HttpAttempt, type AnswerReader } from "./http-attempt.ts";

const measured = { usage: noUsage, source: "none" } as const;
const complete: AttemptOutcome = { kind: "complete", finish: "stop", measured };

/** "c" is content, "." ends the answer. */
class LetterReader implements AnswerReader {
  contentCount = 0;
  readonly measured = measured;
  readonly measuredIfEnded = measured;
  head(headers: UpstreamHeaders): AttemptOutcome | null {
    return headers["content-type"] === "text/html"
      ? { kind: "aborted", cause: "internal", measured }
      : null;
  }
  bytes(bytes: Buffer): AttemptOutcome | null {
    if (bytes.includes("c")) this.contentCount += 1;
    return bytes.includes(".") ? complete : null;
  }
  end(): AttemptOutcome {
    return { kind: "aborted", cause: "upstream_cut", measured };
  }
}

function setUp(over: { stream?: boolean; deadlineMs?: number; attemptMs?: number } = {}) {
  const clock = new VirtualClock();
  const log = new EventLog<CanonicalEvent>();
  const calls: string[] = [];
  let handler: UpstreamHandler | undefined;
  const upstream: Upstream = {
    dispatch(_request, given) {
      handler = given;
      return {
        abort: () => calls.push("abort"),
        pause: () => calls.push("pause"),
        resume: () => calls.push("resume"),
      };
    },
    close: () => Promise.resolve(),
  };
  const outcomes: AttemptOutcome[] = [];
  const attempt = new HttpAttempt(
    { upstream, clock, wheel: new TimerWheel(clock) },
    {
      call: { deadlineMs: over.deadlineMs ?? 600_000 },
      planned: {
        timeouts: {
          firstTokenMs: 10_000,
          betweenTokensMs: 30_000,
          attemptMs: over.attemptMs ?? null,
        },
      },
      log,
    } as unknown as AttemptInput, // an attempt reads nothing else of it
    { committed() {}, over: (outcome) => outcomes.push(outcome) },
    {
      request: { origin: "http://upstream", method: "POST", path: "/", headers: [], body: null },
      reader: new LetterReader(),
      readRefusal: (status, _headers, body) => ({
        code: "upstream_error",
        message: body.toString(),
        param: null,
        reach: "reached",
        status,
        retryAfterMs: null,
        verdict: "retry",
        credentialFault: false,
      }),
      stream: over.stream ?? true,
      dropped: [],
    },
  ).start();
  assert.ok(handler, "the attempt was dispatched");
  return { clock, log, calls, outcomes, attempt, handler };
}

const failure = (code: UpstreamFailureCode) => new Failure<UpstreamFailureCode>(code, "…");

const messageOf = (outcome: AttemptOutcome | undefined): string =>
  outcome?.kind === "failed" ? `${outcome.failure.code}: ${outcome.failure.message}` : "no failure";

test("an answer ends with its terminal, and the connection is kept when the body ends too", () => {
  const { clock, calls, outcomes, handler } = setUp();
  handler.onHead(200, { "content-type": "text/event-stream" });
  handler.onBytes(Buffer.from("c"));
  handler.onBytes(Buffer.from("."));
  assert.deepEqual(outcomes, [complete]);
  handler.onEnd();
  clock.advanceBy(60_000);
  assert.deepEqual(calls, ["resume"]);
  assert.equal(outcomes.length, 1);
  assert.equal(clock.pendingTimers, 0);
});

test("an answer in a content coding that nobody asked for is refused at its head", () => {
  for (const coding of ["gzip", "br", "x-unheard"]) {
    const { calls, outcomes, handler } = setUp();
    handler.onHead(200, { "content-encoding": coding });
    handler.onBytes(Buffer.from("c."));
    assert.match(messageOf(outcomes[0]), /^upstream_malformed: .+ content coding/, coding);
    assert.deepEqual(calls, ["abort"]);
  }
  const { outcomes, handler } = setUp();
  handler.onHead(200, { "content-encoding": "identity" });
  handler.onBytes(Buffer.from("c."));
  assert.deepEqual(outcomes, [complete]);
});

test("a provider that does not end the body after the terminal is closed after 2 s", () => {
  const { clock, calls, handler } = setUp();
  handler.onHead(200, {});
  handler.onBytes(Buffer.from("c."));
  clock.advanceBy(2_020);
  assert.deepEqual(calls, ["resume", "abort"]);
});

test("RTE-10 a stall before the first token fails at its timer plus at most 20 ms", () => {
  const { clock, calls, outcomes, handler } = setUp();
  handler.onHead(200, {});
  handler.onBytes(Buffer.from("role"));
  clock.advanceBy(9_999);
  assert.equal(outcomes.length, 0);
  clock.advanceBy(21);
  assert.equal(
    messageOf(outcomes[0]),
    "upstream_timeout: The provider did not send a first token within 10000 ms",
  );
  assert.deepEqual(calls, ["abort"]);
});

test("RTE-10 a stall between tokens fails at its own timer", () => {
  const { clock, outcomes, handler } = setUp();
  handler.onHead(200, {});
  for (let i = 0; i < 4; i += 1) {
    handler.onBytes(Buffer.from("c"));
    clock.advanceBy(20_000);
  }
  assert.equal(outcomes.length, 0);
  clock.advanceBy(10_020);
  assert.equal(
    messageOf(outcomes[0]),
    "upstream_timeout: The provider did not send its next token within 30000 ms",
  );
});

test("RTE-10 a provider that only pings after its first token has stalled", () => {
  const { clock, outcomes, handler } = setUp();
  handler.onHead(200, {});
  handler.onBytes(Buffer.from("c"));
  for (let i = 0; i < 4; i += 1) {
    clock.advanceBy(10_000);
    handler.onBytes(Buffer.from(": -"));
  }
  assert.match(messageOf(outcomes[0]), /next token within 30000 ms/);
});

test("RTE-10 a whole answer has no first-token stage", () => {
  const { clock, outcomes } = setUp({ stream: false });
  clock.advanceBy(100_000);
  assert.equal(outcomes.length, 0);
});

test("RTE-10 an attempt has its own limit below the deadline of the call", () => {
  const { clock, outcomes } = setUp({ stream: false, attemptMs: 25_000 });
  clock.advanceBy(25_020);
  assert.equal(
    messageOf(outcomes[0]),
    "upstream_timeout: The provider did not answer whole within 25000 ms",
  );
});

test("RTE-10 at the deadline of the call the attempt is aborted, not failed", () => {
  const { clock, outcomes } = setUp({ deadlineMs: 5_000 });
  clock.advanceBy(5_020);
  assert.deepEqual(outcomes, [{ kind: "aborted", cause: "deadline_exceeded", measured }]);
});

test("STR-7 while readers lag the provider is paused and its stages stand still", () => {
  const { clock, log, calls, outcomes, handler } = setUp();
  const cursor = log.open({ published() {} });
  handler.onHead(200, {});
  const big = Buffer.alloc(300_000);
  log.appendBytes(big, { start: 0, end: big.length }, 1);
  handler.onBytes(Buffer.from("c"));
  clock.advanceBy(120_000);
  assert.deepEqual(calls, ["pause"]);
  assert.equal(outcomes.length, 0);
  cursor.takeBytes();
  assert.deepEqual(calls, ["pause", "resume"]);
  clock.advanceBy(30_020);
  assert.match(messageOf(outcomes[0]), /next token/);
});

test("WIR-5 a body that ends before its terminal is what the reader makes of it", () => {
  const { outcomes, handler } = setUp();
  handler.onHead(200, {});
  handler.onBytes(Buffer.from("c"));
  handler.onEnd();
  assert.deepEqual(outcomes, [{ kind: "aborted", cause: "upstream_cut", measured }]);
});

const transport: readonly (readonly [UpstreamFailureCode, RegExp, reach: string])[] = [
  ["connect_failed", /^upstream_unavailable: The provider cannot be reached/, "unreached"],
  ["connect_timeout", /^upstream_timeout: /, "unreached"],
  ["no_connection", /^overloaded: All connections to the provider are busy/, "unsent"],
  ["upstream_cut", /^upstream_cut: /, "reached"],
  ["upstream_malformed", /^upstream_malformed: /, "reached"],
];

for (const [code, expected, reach] of transport) {
  test(`RTE-7 ${code} is a failure that another target may mend`, () => {
    const { outcomes, handler } = setUp();
    handler.onFailure(failure(code));
    const [outcome] = outcomes;
    assert.match(messageOf(outcome), expected);
    assert.equal(outcome?.kind === "failed" ? outcome.failure.reach : null, reach);
  });
}

test("a refusal is read whole, and as far as it came when it is cut", () => {
  for (const end of ["end", "cut"]) {
    const { outcomes, handler } = setUp();
    handler.onHead(500, {});
    handler.onBytes(Buffer.from("it "));
    handler.onBytes(Buffer.from("broke"));
    if (end === "end") handler.onEnd();
    else handler.onFailure(failure("upstream_cut"));
    assert.equal(messageOf(outcomes[0]), "upstream_error: it broke");
  }
});

test("RTE-7 a refusal whose body stalls is judged by its status after 2 s", () => {
  for (const stream of [true, false]) {
    const { clock, calls, outcomes, handler } = setUp({ stream });
    handler.onHead(500, {});
    handler.onBytes(Buffer.from("it "));
    clock.advanceBy(1_990);
    assert.equal(outcomes.length, 0);
    clock.advanceBy(30);
    assert.equal(messageOf(outcomes[0]), "upstream_error: it ");
    assert.deepEqual(calls, ["abort"]);
  }
});

test("a refusal that does not end is read up to 64 KiB", () => {
  const { calls, outcomes, handler } = setUp();
  handler.onHead(500, {});
  for (let i = 0; i < 10; i += 1) handler.onBytes(Buffer.alloc(10_000, "x"));
  assert.equal(outcomes.length, 1);
  assert.deepEqual(calls, ["abort"]);
});

test("STR-6 abort closes the upstream call in the same turn, once", () => {
  const { calls, outcomes, attempt, handler } = setUp();
  handler.onHead(200, {});
  attempt.abort("client_closed");
  attempt.abort("client_closed");
  handler.onFailure(failure("aborted"));
  assert.deepEqual(calls, ["abort"]);
  assert.deepEqual(outcomes, [{ kind: "aborted", cause: "client_closed", measured }]);
});

test("an answer of the wrong type ends the attempt at its head", () => {
  const { calls, outcomes, handler } = setUp();
  handler.onHead(200, { "content-type": "text/html" });
  handler.onBytes(Buffer.from("c."));
  assert.equal(outcomes.length, 1);
  assert.deepEqual(calls, ["abort"]);
});
