import type { AttemptOutcome } from "@sekisho/gateway/attempt.ts";
import type {
  AttemptInput,
  AttemptSink,
  Provider,
  RunningAttempt,
} from "@sekisho/gateway/provider.ts";
import type { AnswerLog } from "@sekisho/gateway/answer-log.ts";
import { EventLog, type Producer } from "@sekisho/lib/event-log/event-log.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Mutant } from "./mutant.ts";

type Start = (provider: Provider, input: AttemptInput, sink: AttemptSink) => RunningAttempt;

/** Attempts that are not made the right way. */
const attemptMutant = (name: string, mistake: string, start: Start): Mutant => ({
  name,
  mistake,
  parts: () => ({
    provider: (provider) => ({
      name: provider.name,
      start: (input, sink) => start(provider, input, sink),
      ...(provider.embed === undefined ? {} : { embed: provider.embed.bind(provider) }),
    }),
  }),
});

const around = (sink: AttemptSink, over: (outcome: AttemptOutcome) => void): AttemptSink => ({
  committed: () => sink.committed(),
  over,
});

/** Stands between an attempt and the log of its call. */
class LogBetween extends EventLog<CanonicalEvent> {
  readonly inner: AnswerLog;

  constructor(inner: AnswerLog) {
    super();
    this.inner = inner;
  }

  override producedBy(producer: Producer | null): void {
    this.inner.producedBy(producer);
  }

  override appendBytes(...entry: Parameters<EventLog<CanonicalEvent>["appendBytes"]>): boolean {
    return this.inner.appendBytes(...entry);
  }

  override appendEvent(event: CanonicalEvent, kind: number): boolean {
    return this.inner.appendEvent(event, kind);
  }

  override publish(): void {
    this.inner.publish();
  }
}

class StartlessLog extends LogBetween {
  override appendBytes(...entry: Parameters<EventLog<CanonicalEvent>["appendBytes"]>): boolean {
    return entry[2] === entryKind.start || super.appendBytes(...entry);
  }
}

class RunawayLog extends LogBetween {
  override producedBy(): void {
    // The producer is never asked to wait.
  }
}

/** After content failed it starts again, as if nothing had been said. */
const retryAfterContent: Start = (provider, input, sink) => {
  let isCommitted = false;
  let running: RunningAttempt | null = null;
  const watched: AttemptSink = {
    committed: () => {
      isCommitted = true;
      sink.committed();
    },
    over: (outcome) => {
      if (!isCommitted || outcome.kind !== "failed") return sink.over(outcome);
      running = provider.start(input, { committed: () => {}, over: (last) => sink.over(last) });
    },
  };
  running = provider.start(input, watched);
  return { dropped: running.dropped, abort: (cause) => running?.abort(cause) };
};

const terminal = Buffer.from("data: [DONE]\n\n");

/** A connection that ended is taken for an answer that did. */
const falseStop: Start = (provider, input, sink) => {
  let isCommitted = false;
  return provider.start(input, {
    committed: () => {
      isCommitted = true;
      sink.committed();
    },
    over: (outcome) => {
      const isCut = outcome.kind === "failed" && outcome.failure.code === "upstream_cut";
      if (!isCut || !isCommitted) return sink.over(outcome);
      input.log.appendBytes(terminal, { start: 0, end: terminal.length }, entryKind.terminal);
      sink.over({ kind: "complete", finish: "stop", measured: outcome.measured });
    },
  });
};

/** Usage that the client did not ask for is not looked at either. */
const hiddenUsage: Start = (provider, input, sink) =>
  provider.start(
    input,
    around(sink, (outcome) => {
      const { facts } = input.call.request.read;
      const { measured } = outcome;
      if (!facts.stream || facts.streamUsage) return sink.over(outcome);
      const usage = { ...measured.usage, output: Math.ceil(measured.usage.output * 0.9) };
      sink.over({ ...outcome, measured: { usage, source: "estimated" } });
    }),
  );

/** The client has left, and the provider talks on. */
const deafAbort: Start = (provider, input, sink) => {
  let isOver = false;
  const running = provider.start(
    input,
    around(sink, (outcome) => {
      if (!isOver) sink.over(outcome);
      isOver = true;
    }),
  );
  return {
    dropped: running.dropped,
    abort: (cause) => {
      if (cause !== "client_closed") return running.abort(cause);
      if (isOver) return;
      isOver = true;
      const measured = { usage: noTokens, source: "none" } as const;
      sink.over({ kind: "aborted", cause, measured });
    },
  };
};

const noTokens = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  reasoning: 0,
};

export const attemptMutants: readonly Mutant[] = [
  attemptMutant(
    "retry-after-content",
    "a provider that dies in mid-answer is asked again",
    retryAfterContent,
  ),
  attemptMutant("false-stop", "an answer that was cut ends like a whole one", falseStop),
  attemptMutant(
    "hidden-usage",
    "usage that the client did not ask for does not reach the ledger",
    hiddenUsage,
  ),
  attemptMutant("deaf-abort", "the upstream call outlives its client", deafAbort),
  attemptMutant("no-fail-over", "a failure before content is final", (provider, input, sink) =>
    provider.start(
      input,
      around(sink, (outcome) =>
        outcome.kind === "failed"
          ? sink.over({ ...outcome, failure: { ...outcome.failure, verdict: "final" } })
          : sink.over(outcome),
      ),
    ),
  ),
  attemptMutant(
    "ignored-deadline",
    "an attempt does not know the deadline",
    (provider, input, sink) =>
      provider.start({ ...input, call: { ...input.call, deadlineMs: Infinity } }, sink),
  ),
  attemptMutant(
    "dropped-start",
    "frames before the first content are forgotten instead of held",
    (provider, input, sink) => provider.start({ ...input, log: new StartlessLog(input.log) }, sink),
  ),
  attemptMutant(
    "no-back-pressure",
    "a provider is read as fast as it sends, however slow the reader",
    (provider, input, sink) => provider.start({ ...input, log: new RunawayLog(input.log) }, sink),
  ),
];
