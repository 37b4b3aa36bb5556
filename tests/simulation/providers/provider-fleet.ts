import type { UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import type { Dice } from "../base/dice.ts";
import { Violation } from "../base/violation.ts";
import type { PricePlan } from "../scenario/gateway-plan.ts";
import type { RequestPlan, Scenario } from "../scenario/scenario.ts";
import { targetId } from "../scenario/pool-targets.ts";
import { billNanoUsd } from "./bill.ts";
import { chatAnswer, vectorAnswer, verdictAnswer, type ChatAnswer } from "./chat-answer.ts";
import { readCall, type ProviderCall } from "./read-call.ts";
import { scriptOf, type Script } from "./script.ts";
import { ScriptPlayer, type PlayerWorld } from "./script-player.ts";
import type { Providers } from "./simulated-upstream.ts";
import type { UpstreamRecord } from "./upstream-record.ts";
import { Weather, type Conditions } from "./weather.ts";

export interface FleetWorld extends PlayerWorld {
  readonly dice: Dice;
  defect(error: unknown): void;
  dispatched(record: UpstreamRecord): void;
  /** Whose call it is: of requests that say the same one alone is sent. */
  senderOf(n: number): number;
}

interface Speed {
  readonly headMs: readonly [least: number, most: number];
  readonly firstMs: readonly [least: number, most: number];
  /** From the first bytes to the last. */
  readonly streamMs: readonly [least: number, most: number];
}

const usual: Speed = { headMs: [2, 60], firstMs: [3, 300], streamMs: [10, 5_000] };
/** After the healing nobody comes near a deadline. */
const healed: Speed = { headMs: [2, 60], firstMs: [3, 100], streamMs: [10, 300] };
/** Frames of a stream beside its content. */
const framesAround = 4;
const connectMs = 3_000;
const fastMs = 5;

/** All providers of a world: byte by byte what the gateway sees of them, and their own books. */
export class ProviderFleet implements Providers {
  readonly #world: FleetWorld;
  readonly #requests: ReadonlyMap<number, RequestPlan>;
  readonly #prices: ReadonlyMap<string, PricePlan>;
  readonly #weather: Weather;
  readonly #regions: ReadonlyMap<string, string>;
  readonly #records = new Map<number, UpstreamRecord[]>();

  constructor(world: FleetWorld, scenario: Scenario) {
    this.#world = world;
    this.#requests = new Map(scenario.requests.map((request) => [request.n, request]));
    this.#prices = new Map(scenario.gateway.prices.map((price) => [price.model, price]));
    this.#regions = new Map(
      scenario.gateway.providers.map(({ name, region }) => [name, region] as const),
    );
    this.#weather = new Weather(scenario.episodes, scenario.healMs);
  }

  get openCalls(): number {
    return [...this.#records.values()].flat().filter(({ end }) => end === null).length;
  }

  /** Every call that was made for a request, in order. */
  recordsOf(n: number): readonly UpstreamRecord[] {
    return this.#records.get(n) ?? [];
  }

  called(request: UpstreamRequest): ScriptPlayer {
    try {
      return this.#called(request);
    } catch (error) {
      // The gateway would make an answer of it, and the world would not stop.
      this.#world.defect(error);
      throw error;
    }
  }

  #called(request: UpstreamRequest): ScriptPlayer {
    const said = readCall(request);
    const asked = { ...said, n: this.#world.senderOf(said.n) };
    const plan = this.#requests.get(asked.n);
    if (plan === undefined) throw new Violation("WIR-10", `No client sent request ${asked.n}`);
    checkCarried(plan, asked);
    const earlier = this.#records.get(asked.n) ?? [];
    const attempt = earlier.length + 1;
    const dice = this.#world.dice.fork(`call ${asked.n} ${attempt}`);
    const { clock } = this.#world;
    const { provider, credential, model } = asked;
    const region = this.#regions.get(provider) ?? "";
    const at = { region, provider, credential, model, nowMs: clock.monotonicMs() };
    const conditions = this.#weather.conditions(at, asked.isStream, dice);
    const answer = this.#answer(asked, { plan, attempt, fault: conditions.fault }, dice);
    const script = this.#script(answer, { asked, conditions }, dice);
    const record = this.#record({ asked, attempt, answer, script, conditions });
    this.#records.set(asked.n, [...earlier, record]);
    const where = targetId(record.target);
    this.#world.trace(`call ${asked.n}.${attempt} to ${where} with fault ${record.fault}`);
    this.#world.dispatched(record);
    return new ScriptPlayer(this.#world, record, script);
  }

  #answer(
    asked: ProviderCall,
    { plan, attempt, fault }: { plan: RequestPlan; attempt: number; fault: string },
    dice: Dice,
  ): ChatAnswer {
    const { n, model, maxTokens, promptBytes, messages } = asked;
    const question = { n, attempt, model, maxTokens, promptBytes, messages };
    if (asked.wants === "vectors") return vectorAnswer(question);
    if (asked.wants === "verdict") return verdictAnswer(question);
    const endless = fault === "endless trickle";
    return chatAnswer(
      endless ? { ...question, maxTokens: Infinity } : question,
      endless ? { frames: 400, tokensPerFrame: 1, padding: 0 } : plan.answer,
      dice,
    );
  }

  #script(
    answer: ChatAnswer,
    { asked, conditions }: { asked: ProviderCall; conditions: Conditions },
    dice: Dice,
  ): Script {
    const isLarge = answer.pieces.length > 500;
    const speed = conditions.isHealed ? healed : usual;
    const streamMs = (isLarge ? fastMs : dice.magnitude(...speed.streamMs)) * conditions.slowness;
    const pace = {
      headMs: dice.between(...speed.headMs) * conditions.slowness,
      firstMs: dice.between(...speed.firstMs) * conditions.slowness,
      frameMs: streamMs / (answer.pieces.length + framesAround),
    };
    const settings = {
      isStream: asked.isStream,
      pace,
      wallMs: this.#world.clock.wallMs(),
      connectMs,
    };
    return scriptOf(answer, conditions.fault, settings, dice);
  }

  #record(parts: {
    readonly asked: ProviderCall;
    readonly attempt: number;
    readonly answer: ChatAnswer;
    readonly script: Script;
    readonly conditions: Conditions;
  }): UpstreamRecord {
    const { asked, attempt, answer, script, conditions } = parts;
    const price = this.#prices.get(asked.model);
    if (price === undefined) throw new Violation("WIR-10", `No model ${asked.model} anywhere`);
    const nowMs = this.#world.clock.monotonicMs();
    return {
      n: asked.n,
      attempt,
      target: { provider: asked.provider, credential: asked.credential, model: asked.model },
      isStream: asked.isStream,
      fault: conditions.fault,
      startedMs: nowMs,
      hintMs: script.kind === "answers" ? script.hintMs : null,
      answer,
      maxTokens: asked.maxTokens,
      billNanoUsd: billNanoUsd(answer.tokens, price),
      frames: script.kind === "answers" ? script.frames : [],
      body: script.kind === "answers" ? script.body : Buffer.alloc(0),
      status: null,
      deliveredBytes: 0,
      firstContentMs: null,
      lastContentMs: nowMs,
      longestSilenceMs: 0,
      wasPaused: false,
      wasResumed: false,
      tornCharacters: 0,
      closedMs: null,
      end: null,
    };
  }
}

const wants: Readonly<Record<RequestPlan["surface"], ProviderCall["wants"]>> = {
  chat: "words",
  completions: "words",
  embeddings: "vectors",
  moderations: "verdict",
};

/** The provider must be asked what the client asked, and be told what its own protocol wants. */
function checkCarried(plan: RequestPlan, asked: ProviderCall): void {
  const fail = (what: string): never => {
    throw new Violation("WIR-10", `Request ${plan.n} reached its provider ${what}`);
  };
  if (asked.prompt !== plan.prompt) fail(`with another prompt: ${asked.prompt}`);
  if (asked.isStream !== (plan.stream !== null)) fail("with another stream flag");
  if (asked.isStream && !asked.wantsUsage) fail("without being asked for usage");
  if (asked.wants !== wants[plan.surface]) fail(`asked for ${asked.wants}`);
  if (asked.wants === "vectors") return;
  if (!(asked.maxTokens >= 1)) fail("without an output cap (MON-7)");
  if (plan.maxTokens !== null && asked.maxTokens !== plan.maxTokens) fail("with another cap");
}
