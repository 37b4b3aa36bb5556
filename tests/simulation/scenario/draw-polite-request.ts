import type { Dice } from "../base/dice.ts";
import type { PipeShape } from "../network/answer-pipe.ts";
import type { GatewayPlan, KeyPlan } from "./gateway-plan.ts";
import type { RequestPlan } from "./scenario.ts";

const words = [
  "volume",
  "第一巻は",
  "いつ出ますか",
  "❤️‍🔥",
  "please",
  "\\",
  '"',
  "\n",
  "  ",
] as const;

export const drawPrompt = (n: number, dice: Dice): string =>
  `#${n}# ${Array.from({ length: dice.whole(1, 30) }, () => dice.pick(words)).join(" ")}`;

export const drawNetwork = (dice: Dice): PipeShape => ({
  latencyMs: dice.between(0.1, 40),
  windowBytes: dice.pick([4, 16, 64, 256]) * 1024,
});

/** A key that nothing is refused to. */
export function freeKey({ tenants }: GatewayPlan): KeyPlan {
  const key = tenants.find(({ name }) => name === "free")?.keys[0];
  if (key === undefined) throw new Error("Cannot ask politely: no tenant is free");
  return key;
}

/** A small request of a client that waits for its answer and reads it. */
export function drawPoliteRequest(
  asked: Pick<RequestPlan, "n" | "atMs" | "alias" | "key" | "stream" | "surface">,
  dice: Dice,
): RequestPlan {
  return {
    ...asked,
    maxTokens: null,
    timeoutMs: null,
    prompt: drawPrompt(asked.n, dice),
    answer: { frames: dice.whole(1, 5), tokensPerFrame: 1, padding: 0 },
    flaw: "none",
    naming: null,
    network: drawNetwork(dice),
    sending: { kind: "with the head" },
    reading: { kind: "eager" },
    leaving: { kind: "stays" },
  };
}
