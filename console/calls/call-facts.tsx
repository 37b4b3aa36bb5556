import type { ReactElement, ReactNode } from "react";
import type {
  CallSubjectView,
  LedgerCallView,
  RunningCallView,
} from "@sekisho/wire/admin/ledger-call.ts";
import type { LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { Fact } from "../parts/fact.tsx";
import { useWording, type Wording } from "../words/language.ts";
import { targetText, wordOf } from "./call-words.ts";
import { Moment } from "./moment.tsx";
import { Outcome } from "./outcome.tsx";
import { Person } from "./person.tsx";
import { RowCost } from "./row-cost.tsx";
import { TagList } from "./tag-list.tsx";

/** A name and what is said of it; null where there is nothing to say. */
type Line = readonly [name: string, told: ReactNode];

const facts =
  "grid grid-cols-2 items-start gap-x-4 gap-y-3 border-t border-line px-4 py-3 " +
  "sm:grid-cols-3 lg:grid-cols-5";

/** Who asked for what, when, and what came of it. */
export function CallFacts({ call }: { readonly call: LedgerCallView }): ReactElement {
  const wording = useWording();
  const { calls } = wording.words;
  const [response] = call.rows;
  const ends: readonly Line[] = call.state === "running" ? runningLines(call, wording) : [];
  const subject = call.state === "running" ? call : response;
  const lines: readonly Line[] = [
    ...(response === undefined ? ends : endedLines(response, wording)),
    [calls.started, <Moment time={call.startedAt} />],
    [calls.ended, response === undefined ? calls.notEnded : <Moment time={response.time} />],
    ...(subject === undefined ? [] : subjectLines(subject, wording)),
    ...(response === undefined ? [] : moreLines(response, wording)),
  ];
  const told = lines.filter(([, each]) => each !== null);
  return (
    <dl className={facts}>
      {told.map(([name, each]) => (
        <Fact
          key={name}
          name={name}
          className={name === calls.outcome ? "col-span-2 sm:col-span-1" : ""}
        >
          <div className="wrap-anywhere">{each}</div>
        </Fact>
      ))}
    </dl>
  );
}

const runningLines = (call: RunningCallView, { words, figures }: Wording): readonly Line[] => {
  const { calls } = words;
  const { reservedInputTokens: input, reservedOutputTokens: output } = call;
  return [
    [calls.outcome, <span className="font-medium text-accent">{calls.underWay}</span>],
    [calls.atMost, figures.exactUsd(call.reservedNanoUsd)],
    [calls.tokensAtMost, calls.inAndOut(figures.count(input), figures.count(output))],
    [calls.goesTo, targetText(call) ?? calls.nowhere],
    [calls.price, call.priceVersion],
  ];
};

const endedLines = (response: LedgerRowView, { words, figures }: Wording): readonly Line[] => {
  const { calls, tiles } = words;
  const { inputTokens, outputTokens, firstTokenMs, latencyMs } = response;
  const first = firstTokenMs === null ? tiles.none : figures.duration(firstTokenMs);
  return [
    [calls.outcome, <Outcome row={response} />],
    [calls.cost, <RowCost row={response} />],
    [calls.tokens, calls.inAndOut(figures.count(inputTokens), figures.count(outputTokens))],
    [calls.target, targetText(response) ?? calls.nowhere],
    [calls.times, `${first}, ${figures.duration(latencyMs)}`],
  ];
};

const subjectLines = (subject: CallSubjectView, { words, figures }: Wording): readonly Line[] => {
  const { calls } = words;
  const { user, session, tags, leftOutMessages } = subject;
  return [
    [calls.tenant, subject.tenant],
    [calls.team, subject.team],
    [calls.key, <span className="font-mono text-xs">{subject.key}</span>],
    [calls.tags, tags.length === 0 ? words.tiles.none : <TagList tags={tags} />],
    [calls.user, user === null ? null : <Person name={user} />],
    [calls.session, session === null ? null : <Person name={session} />],
    [calls.agent, subject.agent],
    [calls.surface, subject.surface],
    [calls.asked, subject.alias],
    [calls.choice, subject.choice],
    [calls.history, leftOutMessages === 0 ? null : calls.leftOut(figures.count(leftOutMessages))],
  ];
};

/** What most calls have nothing of. */
const moreLines = (response: LedgerRowView, { words, figures }: Wording): readonly Line[] => {
  const { calls } = words;
  const { cached, savedNanoUsd, savedInputTokens, savedOutputTokens } = response;
  const saved = calls.saved(
    figures.exactUsd(savedNanoUsd),
    figures.count(savedInputTokens + savedOutputTokens),
  );
  const { feedbackCount, feedbackScore } = response;
  return [
    [calls.price, response.priceVersion],
    [calls.given, cached === null ? null : `${wordOf(calls.givenKinds, cached)}: ${saved}`],
    [
      calls.feedback,
      feedbackScore === null
        ? null
        : calls.opinions(figures.count(feedbackCount), figures.rate(feedbackScore)),
    ],
  ];
};
