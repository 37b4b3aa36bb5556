import type { Dice } from "../base/dice.ts";
import { drawNetwork, drawPrompt } from "./draw-polite-request.ts";
import type { GatewayPlan, KeyPlan } from "./gateway-plan.ts";
import type {
  AnswerPlan,
  BodySending,
  Leaving,
  Reading,
  RequestFlaw,
  RequestPlan,
} from "./scenario.ts";

const firstMs = 200;

/** How long a surge lasts. */
const surgeMs = 3_000;

interface RequestTimes {
  readonly untilMs: number;
  /** When many come at once, one after the other. */
  readonly surgesMs: readonly number[];
}

/** Requests over the time in which things go wrong, some alone and some in crowds. */
export function drawRequests(
  gateway: GatewayPlan,
  { untilMs, surgesMs }: RequestTimes,
  dice: Dice,
): RequestPlan[] {
  const count = dice.magnitude(50, 400);
  const requests: RequestPlan[] = [];
  while (requests.length < count) {
    const crowd = dice.chance(0.15) ? dice.whole(3, 12) : 1;
    const atMs = dice.between(firstMs, untilMs);
    const crowdDice = dice.fork(`crowd ${requests.length}`);
    const key = drawKey(gateway, crowdDice);
    const alias = crowdDice.pick(gateway.aliases).name;
    for (let member = 0; member < crowd; member += 1) {
      const own = dice.fork(`request ${requests.length}`);
      const choice = crowd > 1 ? { key, alias } : drawChoice(gateway, own);
      const later = crowd > 1 && own.chance(0.5) ? own.between(0, 30) : 0;
      const asked = { n: requests.length, atMs: atMs + later, ...choice };
      requests.push(drawRequest(asked, gateway, own));
    }
  }
  for (const fromMs of surgesMs) {
    const alias = dice.pick(gateway.aliases).name;
    for (let member = dice.whole(5, 20); member > 0; member -= 1) {
      const own = dice.fork(`request ${requests.length}`);
      const atMs = Math.min(untilMs, fromMs + own.between(0, surgeMs));
      const { key } = drawChoice(gateway, own);
      requests.push(drawRequest({ n: requests.length, atMs, key, alias }, gateway, own));
    }
  }
  return requests;
}

interface Chosen {
  readonly key: KeyPlan;
  readonly alias: string;
}

const drawChoice = (gateway: GatewayPlan, dice: Dice): Chosen => ({
  key: drawKey(gateway, dice),
  alias: dice.pick(gateway.aliases).name,
});

/** So many of the requests are of a tenant that limits some of its calls, where there is one. */
const partlyShare = 0.15;

function drawKey({ tenants }: GatewayPlan, dice: Dice): KeyPlan {
  const [partly, apart] = [tenants.find((each) => each.name === "partly"), dice.fork("partly")];
  if (partly !== undefined && apart.chance(partlyShare)) return apart.pick(partly.keys);
  const name = dice.weighted({ tight: 3, medium: 3, levels: 4, loose: 6, free: 4, slow: 1 });
  const tenant = tenants.find((each) => each.name === name);
  return dice.pick(tenant?.keys ?? []);
}

const isFree = ({ id }: KeyPlan): boolean => id.startsWith("free") || id.startsWith("loose");

function drawRequest(
  { n, atMs, key, alias }: Chosen & { readonly n: number; readonly atMs: number },
  gateway: GatewayPlan,
  dice: Dice,
): RequestPlan {
  const surface = drawSurface(alias, gateway, dice);
  const isText = surface === "chat" || surface === "completions";
  const flaw = dice.weighted<RequestFlaw>(flaws);
  const isStream = dice.chance(0.6) && isText;
  const stream = isStream ? { wantsUsage: dice.chance(0.5) } : null;
  const isLarge = stream !== null && isFree(key) && dice.chance(0.08);
  const answer: AnswerPlan = isLarge
    ? { frames: dice.whole(600, 1_200), tokensPerFrame: 1, padding: 400 }
    : { frames: dice.magnitude(1, 60), tokensPerFrame: dice.whole(1, 4), padding: 0 };
  return {
    n,
    atMs,
    surface,
    key,
    alias,
    stream,
    maxTokens: !isText ? null : isLarge ? 4_096 : dice.chance(0.4) ? null : dice.magnitude(5, 400),
    timeoutMs: dice.chance(0.25) ? dice.pick([300, 1_000, 3_000, 8_000]) : null,
    prompt: drawPrompt(n, dice),
    answer,
    // A chat alone has messages that could be missing.
    flaw: surface !== "chat" && flaw === "no messages" ? "none" : flaw,
    naming: null,
    network: drawNetwork(dice),
    sending: drawSending(dice),
    reading: drawReading(isLarge, dice),
    leaving: drawLeaving(stream !== null, dice),
  };
}

/** Vectors are of one model: an answer of several takes another course (RTE-6). */
function drawSurface(alias: string, { aliases }: GatewayPlan, dice: Dice): RequestPlan["surface"] {
  const surface = dice.chance(0.15) ? "completions" : "chat";
  const rare = dice.fork("surface");
  if (rare.chance(0.05)) return "moderations";
  const pools = aliases.find(({ name }) => name === alias)?.pools ?? [];
  const models = new Set(pools.flatMap(({ lines }) => lines.map(({ model }) => model)));
  return models.size === 1 && rare.chance(0.15) ? "embeddings" : surface;
}

const flaws = {
  none: 95,
  "no key": 0.7,
  "wrong key": 0.7,
  "not JSON": 0.7,
  "unknown model": 0.7,
  "wrong type": 0.7,
  "no messages": 0.7,
  "empty body": 0.7,
} as const satisfies Record<RequestFlaw, number>;

function drawSending(dice: Dice): BodySending {
  const kind = dice.weighted<BodySending["kind"]>({
    "with the head": 85,
    late: 13,
    "never whole": 1,
  });
  if (kind !== "late") return { kind };
  return { kind, afterMs: dice.magnitude(1, 3_000), pieces: dice.whole(1, 4) };
}

function drawReading(isLarge: boolean, dice: Dice): Reading {
  const weights = isLarge ? { eager: 2, slow: 4, stalls: 4 } : { eager: 95, slow: 2, stalls: 3 };
  const kind = dice.weighted<Reading["kind"]>(weights);
  const afterBytes = isLarge ? dice.whole(0, 100_000) : dice.whole(0, 2_000);
  switch (kind) {
    case "eager":
      return { kind };
    case "slow":
      return {
        kind,
        afterBytes,
        bytes: dice.whole(2_000, 30_000),
        everyMs: dice.pick([20, 100, 300]),
      };
    case "stalls":
      return { kind, afterBytes, forMs: dice.pick([1_000, 6_000, 20_000, Infinity]) };
  }
}

function drawLeaving(isStream: boolean, dice: Dice): Leaving {
  const kind = dice.weighted<Leaving["kind"]>({
    stays: 85,
    "half-way in the body": 2,
    "after the body": 8,
    "in mid-stream": isStream ? 6 : 0,
  });
  if (kind === "after the body") {
    return { kind, ms: dice.chance(0.5) ? dice.between(0, 2) : dice.magnitude(2, 5_000) };
  }
  return kind === "in mid-stream" ? { kind, bytes: dice.magnitude(1, 6_000) } : { kind };
}
