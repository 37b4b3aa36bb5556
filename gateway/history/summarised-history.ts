import { Failure } from "@sekisho/lib/failure/failure.ts";
import { orAborted } from "@sekisho/lib/time/time-limit.ts";
import type { Admission, AskedCall } from "../admission/admission.ts";
import type { Call, Shortened } from "../call.ts";
import { clientRequest } from "../admission/client-request.ts";
import { estimateInputTokens } from "../estimate-tokens.ts";
import type { Fitted } from "./fit-history.ts";
import type { Summaries } from "./summaries.ts";
import { summaryAnswer, summaryIntroduction, transcript } from "./summary-words.ts";
import type { SummaryPolicy } from "../model-entry.ts";
import type { Plan } from "../plan.ts";
import { readerOf, type Principal } from "../principal.ts";
import type { ClientRequest } from "../request.ts";
import type { SummaryCalls } from "./summary-calls.ts";
import { validate } from "../validate/validate.ts";

export interface SummarisedHistoryParts {
  readonly admission: Pick<Admission, "plan">;
  readonly summaries: Summaries;
  readonly calls: Pick<SummaryCalls, "ask">;
}

/** A call of what is left of its conversation, and what is not. */
export interface CutCall {
  readonly asked: AskedCall;
  readonly fitted: Fitted<Plan>;
}

/** A text that stands for so many turns. */
interface Known {
  readonly turns: number;
  readonly text: string;
}

/** What of a conversation is left out, and the names of its beginnings. */
interface Cut extends CutCall {
  readonly names: readonly string[];
}

/**
 * Sends a summary in the place of what is left out of a conversation (MON-5). Where there is none
 * and none can be made, the call goes without. A summary stands for more turns than had to go, so
 * that the next ones of the conversation need no other; a later one is made of it and of what came
 * since.
 */
export class SummarisedHistory {
  readonly #parts: SummarisedHistoryParts;

  constructor(parts: SummarisedHistoryParts) {
    this.#parts = parts;
  }

  /** Never rejects but for defects: `cut` is what is sent instead. */
  async of(cut: CutCall, policy: SummaryPolicy, gone: AbortSignal): Promise<AskedCall> {
    const { conversation } = cut.fitted;
    const named = { ...cut, names: conversation.prefixNames(scopeOf(cut.asked.call, policy)) };
    const needed = conversation.droppedTurns;
    const kept = this.#kept(named, needed);
    if (kept !== null) return kept;
    conversation.dropTo(needed);
    // Half of what was left: the room of the next turns.
    conversation.drop(estimateInputTokens(cut.fitted.request) / 2);
    const turns = conversation.droppedTurns;
    const name = named.names[turns - 1];
    // Not again so soon after it has failed.
    if (name === undefined || this.#parts.summaries.get(name) === null) return cut.asked;
    let callId: string | null = null;
    const make = async (): Promise<string | null> => {
      const asking = { ...cut, policy, gone, text: this.#material(named, turns) };
      const made = await this.#parts.calls.ask(asking);
      callId = made.callId;
      return made.text;
    };
    const text = await orNull(this.#parts.summaries.make(name, make), gone);
    if (text === null) return cut.asked;
    return this.#sent(named, { turns, text }, callId) ?? cut.asked;
  }

  #kept(cut: Cut, needed: number): AskedCall | null {
    for (let turns = needed; turns <= cut.names.length; turns += 1) {
      const text = this.#textOf(cut.names[turns - 1] ?? "");
      const sent = text === null ? null : this.#sent(cut, { turns, text }, null);
      if (sent !== null) return sent;
    }
    return null;
  }

  /** Null where it has no room either. */
  #sent({ asked, fitted }: Cut, { turns, text }: Known, callId: string | null): AskedCall | null {
    const { call } = asked;
    try {
      const { request, body, shortened } = withSummary(fitted, { turns, text });
      const next = { ...call, request, shortened: { ...shortened, summary: { callId } } };
      const plan = this.#parts.admission.plan({ ...asked, call: next });
      return { ...asked, call: next, body, plan };
    } catch (refusal) {
      if (refusal instanceof Failure) return null;
      throw refusal;
    }
  }

  #textOf(name: string): string | null {
    return this.#parts.summaries.get(name) ?? null;
  }

  /** What is summarised: turns behind those of an earlier summary, and that one. */
  #material({ fitted, names }: Cut, turns: number): string {
    const { conversation, said } = fitted;
    const earlier = names.slice(0, turns - 1).findLastIndex((name) => this.#textOf(name) !== null);
    const from = earlier + 1;
    const before = earlier < 0 ? null : this.#textOf(names[earlier] ?? "");
    const body = conversation.bytesOf(from, turns);
    const canonical = clientRequest(validate(said, body), body).canonical();
    return canonical.ok ? transcript(canonical.value, before) : body.toString("utf8");
  }
}

/** Who would ask for a summary, and how. */
interface Asking {
  readonly principal: Principal;
  readonly policy: SummaryPolicy;
}

/** The summaries that a call of this conversation could be sent with, of the fewest turns first. */
export function* knownSummaries(
  summaries: Pick<Summaries, "peek">,
  { conversation }: Fitted<unknown>,
  { principal, policy }: Asking,
): Iterable<Known> {
  const names = conversation.prefixNames(scopeOf({ principal }, policy));
  for (let turns = conversation.droppedTurns; turns <= names.length; turns += 1) {
    const text = summaries.peek(names[turns - 1] ?? "")?.text ?? null;
    if (text !== null) yield { turns, text };
  }
}

/** What is sent, and what of it its client had said. */
export function withSummary(
  { conversation, said, shortened }: Fitted<unknown>,
  { turns, text }: Known,
): { readonly request: ClientRequest; readonly body: Buffer; readonly shortened: Shortened } {
  conversation.dropTo(turns);
  const messages = conversation.dropped;
  const body = conversation.bytesWith(summaryIntroduction(messages, text), summaryAnswer);
  const request = clientRequest(validate(said, body), body);
  return { request, body, shortened: { ...shortened, messages } };
}

/** The same words of the same key: no summary is anybody else's (SEC-8). */
const scopeOf = ({ principal }: Pick<Call, "principal">, policy: SummaryPolicy): string =>
  JSON.stringify([principal.tenant, readerOf(principal), policy.model, policy.maxTokens]);

/** Who has left waits no longer, while others may. */
async function orNull(made: Promise<string | null>, gone: AbortSignal): Promise<string | null> {
  try {
    return await orAborted(made, gone);
  } catch (failure) {
    if (gone.aborted) return null;
    throw failure;
  }
}
