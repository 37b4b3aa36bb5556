import assert from "node:assert/strict";
import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import type { Upstream, UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { headerFeaturesOf } from "../admission/header-features.ts";
import type { AttemptInput, Provider } from "../provider.ts";
import type { SurfaceHead } from "../request.ts";
import type { TargetApi } from "../target.ts";
import { validate } from "../validate/validate.ts";
import type { ReasoningOrigins, ReasoningSigner } from "../reasoning.ts";
import type { DialectPorts } from "./dialect-attempt.ts";

/** What a provider sent, and what it said it left out. */
export interface SentRequest {
  readonly request: UpstreamRequest;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Record<string, unknown>;
  readonly dropped: readonly string[];
}

export interface Asked {
  readonly said: SurfaceHead;
  readonly body: object;
  readonly api: TargetApi;
  readonly model: string;
  /** Signatures that the gateway has seen. */
  readonly signed?: Readonly<Record<string, ReasoningSigner>>;
}

/** Lets a provider make one attempt at an upstream that takes the request and says nothing. */
export function sentBy(make: (ports: DialectPorts) => Provider, asked: Asked): SentRequest {
  const clock = new VirtualClock();
  const sent: UpstreamRequest[] = [];
  const upstream: Upstream = {
    dispatch(request) {
      sent.push(request);
      return { abort() {}, pause() {}, resume() {} };
    },
    close: () => Promise.resolve(),
  };
  const origins = originsOf(asked.signed ?? {});
  const provider = make({ clock, wheel: new TimerWheel(clock), upstream, origins });
  const attempt = provider.start(inputOf(asked), { committed() {}, over() {} });
  const [request] = sent;
  assert.ok(request?.body, "a request with a body was sent");
  return {
    request,
    headers: headersOf(request),
    body: JSON.parse(Buffer.from(request.body).toString("utf8")),
    dropped: attempt.dropped,
  };
}

const originsOf = (signed: NonNullable<Asked["signed"]>): ReasoningOrigins => ({
  remember() {},
  signerOf: (proof) => signed[proof] ?? null,
});

function inputOf({ said, body, api, model }: Asked): AttemptInput {
  const read = validate(said, Buffer.from(JSON.stringify(body)));
  const request = {
    ...read,
    inputTokensBound: 100,
    headerFeatures: headerFeaturesOf(read),
    canonical: () => read.read.toCanonical(),
  };
  const facts = { contextWindow: 1000, maxOutputTokens: 100, maxTokensField: "max_tokens" };
  return {
    call: {
      request,
      deadlineMs: 600_000,
    },
    planned: {
      timeouts: { firstTokenMs: 1000, betweenTokensMs: 1000, attemptMs: null },
      defaults: { temperature: null, topP: null },
      target: { upstreamModel: model, facts },
      api,
      maxTokens: 50,
    },
    log: new EventLog<CanonicalEvent>(),
  } as unknown as AttemptInput; // providers read nothing else of it
}

function headersOf({ headers }: UpstreamRequest): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at] ?? "";
    assert.ok(!map.has(name), `${name} is sent once`);
    map.set(name, headers[at + 1] ?? "");
  }
  return map;
}
