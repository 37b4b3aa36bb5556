import { Buffer } from "node:buffer";
import type { AskedCall } from "../admission/admission.ts";
import type { Completion } from "../answer.ts";
import { eventsOf, isPlainAnswer } from "../cache/answer-events.ts";
import { packed, sizeOf, type AnswerEntry, type CachedAnswer } from "../cache/cached-answer.ts";
import { givenEntries, readForm } from "../cache/given-entries.ts";
import type { GivenCall } from "./given-call.ts";
import type { Lead } from "./lead.ts";

/** What an answer is kept by. */
export interface KeptBy {
  readonly asked: AskedCall;
  readonly key: string;
  readonly form: string;
  readonly ttlMs: number;
}

/** A kept answer as somebody reads it. */
export interface Kept {
  readonly found: CachedAnswer;
  readonly entries: readonly AnswerEntry[];
}

/** What a model has said, all of it; null where that was too much. */
export interface Told {
  readonly entries: readonly AnswerEntry[] | null;
  readonly completion: Completion;
}

/** As somebody reads it who has asked in that form; null where there is none. */
export function keptOf(found: CachedAnswer | null, form: string): Kept | null {
  const entries = found === null ? null : givenEntries(found, form);
  return found === null || entries === null ? null : { found, entries };
}

/** The call is told all of it. */
export function tell(call: GivenCall, { found: { facts }, entries }: Kept): void {
  const { served: target, dropped, costNanoUsd, usage, headers } = facts;
  const served = { target, attempts: 0, dropped };
  call.commit(served);
  for (const { kind, payload } of entries) {
    if (Buffer.isBuffer(payload)) {
      call.log.appendBytes(payload, { start: 0, end: payload.length }, kind);
    } else call.log.appendEvent(payload, kind);
  }
  const timing = { firstTokenMs: 0, latencyMs: 0 };
  call.complete({ served, costNanoUsd, usage, timing, headers });
}

/** Only what a model has said by itself, and the one that was asked for first. */
export function isFit({ plan }: AskedCall, { result }: Pick<Lead, "result">): boolean {
  const [first] = plan.attempts;
  const counts = result?.counts ?? null;
  if (result?.cause !== null || counts === null || result.segments !== undefined) return false;
  const { outcome, target } = counts;
  if (outcome.kind !== "complete" || outcome.finish !== "stop") return false;
  return target.upstreamModel === first?.target.upstreamModel;
}

/** Null where it is no answer in words alone, or nobody can tell. */
export function answerOf(place: KeptBy, told: Told, nowMs: number): CachedAnswer | null {
  const { asked, key, form, ttlMs } = place;
  const { entries, completion } = told;
  if (entries === null || ttlMs === 0) return null;
  const isBytes = Buffer.isBuffer(entries[0]?.payload);
  const own = packed(entries);
  const [surface, isStream] = readForm(form);
  const events = eventsOf({ surface, isStream, entries: own });
  if (events === null || !isPlainAnswer(events)) return null;
  const { principal, attribution, entry } = asked.call;
  const { target, dropped } = completion.served;
  const { provider, region, upstreamModel } = target;
  return {
    key,
    owner: {
      tenant: principal.tenant,
      alias: entry.name,
      keyId: principal.keyId,
      user: attribution.user,
      session: attribution.session,
    },
    storedMs: nowMs,
    expiresMs: nowMs + ttlMs,
    facts: {
      form: isBytes ? form : null,
      served: { provider, region, upstreamModel },
      dropped,
      usage: completion.usage,
      costNanoUsd: completion.costNanoUsd ?? 0,
      headers: completion.headers,
    },
    entries: own,
    bytes: sizeOf(own),
  };
}
