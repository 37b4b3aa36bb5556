import type { UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Dice } from "../base/dice.ts";
import { readCall, type ProviderCall } from "../providers/read-call.ts";
import type { SimulatedCall } from "../providers/simulated-call.ts";
import type { Providers } from "../providers/simulated-upstream.ts";

/** What becomes of one call to a provider. */
export type Fate =
  | { readonly kind: "answers"; readonly slowness: number }
  | { readonly kind: "refuses"; readonly status: number }
  | { readonly kind: "is not reached" }
  /** It takes the call, and says nothing for ever. */
  | { readonly kind: "hangs" };

export const answers: Fate = { kind: "answers", slowness: 1 };
export const says503: Fate = { kind: "refuses", status: 503 };

/** What befalls a call that arrives now; `draw` is in [0, 1). */
export type Weather = (call: {
  readonly provider: string;
  readonly model: string;
  readonly atMs: number;
  readonly draw: number;
}) => Fate;

/** One call as a provider has seen it. */
export interface SeenCall {
  readonly n: number;
  readonly provider: string;
  readonly atMs: number;
  readonly fate: Fate["kind"];
  /** Not the first one that was made for its request. */
  readonly isRetry: boolean;
}

type Watched = ReturnType<Providers["called"]>;

const nothing = (): void => {};
const refusalMs = 5;
/** The number of a call whose prompt has none. */
const unmarked = -1;

/** Providers whose calls go well or not, as the weather says, and who keep count of them. */
export class SteadyProviders implements Providers {
  readonly calls: SeenCall[] = [];
  /** What was billed for the tokens of answers that were given; nothing for any other call. */
  billedNanoUsd = 0;
  /** Calls that no client asked for. */
  probes = 0;
  readonly #clock: VirtualClock;
  readonly #dice: Dice;
  readonly #weather: Weather;
  readonly #asked = new Set<number>();

  constructor(clock: VirtualClock, dice: Dice, weather: Weather) {
    this.#clock = clock;
    this.#dice = dice;
    this.#weather = weather;
  }

  called(request: UpstreamRequest): Watched {
    const asked = readCall(request);
    const { n, provider, model } = asked;
    const atMs = this.#clock.monotonicMs();
    const fate = this.#weather({ provider, model, atMs, draw: this.#dice.between(0, 1) });
    this.#note({ n, provider, atMs, fate: fate.kind });
    const latencyMs = this.#dice.between(20, 60);
    return {
      begin: (call) => this.#play(call, fate, { asked, latencyMs }),
      paused: nothing,
      resumed: nothing,
      handing: nothing,
      handed: nothing,
      closed: nothing,
    };
  }

  #note(call: Omit<SeenCall, "isRetry">): void {
    const { n } = call;
    if (n === unmarked) {
      this.probes += 1;
      return;
    }
    this.calls.push({ ...call, isRetry: this.#asked.has(n) });
    this.#asked.add(n);
  }

  #play(
    call: SimulatedCall,
    fate: Fate,
    { asked, latencyMs }: { readonly asked: ProviderCall; readonly latencyMs: number },
  ): void {
    switch (fate.kind) {
      case "hangs":
        return;
      case "is not reached":
        this.#clock.after(1, () => call.send({ kind: "failure", code: "connect_failed" }));
        return;
      case "refuses":
        this.#clock.after(refusalMs, () => refuse(call, fate.status));
        return;
      case "answers":
        this.#clock.after(latencyMs * fate.slowness, () => {
          if (call.isOpen) this.billedNanoUsd += answerNanoUsd;
          answer(call, asked);
        });
    }
  }
}

const json = { "content-type": "application/json" };

function refuse(call: SimulatedCall, status: number): void {
  const type = status < 500 ? "invalid_request_error" : "server_error";
  const error = { message: "Out of order", type, code: null };
  call.send({ kind: "head", status, headers: json });
  call.send({ kind: "bytes", bytes: Buffer.from(JSON.stringify({ error })) });
  call.send({ kind: "end" });
}

function answer(call: SimulatedCall, { isStream }: ProviderCall): void {
  const headers = isStream ? { "content-type": "text/event-stream" } : json;
  call.send({ kind: "head", status: 200, headers });
  call.send({ kind: "bytes", bytes: Buffer.from(isStream ? streamed : whole) });
  call.send({ kind: "end" });
}

const head = { id: "chatcmpl-1", created: 1_767_225_600, model: "m" };
const usage = { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 };

/** Of each model that has a price here, and what an answer costs then. */
export const steadyPrice = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
export const answerNanoUsd = 8 * 3_000 + 2 * 15_000;

const whole = JSON.stringify({
  ...head,
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" }],
  usage,
});

const event = (choices: readonly object[], more: object = {}): string =>
  `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices, ...more })}\n\n`;

const streamed =
  event([{ index: 0, delta: { role: "assistant", content: "Yes." }, finish_reason: null }]) +
  event([{ index: 0, delta: {}, finish_reason: "stop" }]) +
  event([], { usage }) +
  "data: [DONE]\n\n";
