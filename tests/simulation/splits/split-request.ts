import type { ParsedHead } from "@sekisho/lib/http/exchange/wire-head.ts";
import type { Dice } from "../base/dice.ts";
import { loadKey } from "../outages/steady-config.ts";
import { splitName, type SplitScenario } from "./split-scenario.ts";

export interface SplitRequest {
  readonly head: ParsedHead;
  readonly body: Buffer;
  /** Calls of the same one stay together; null: those of nobody, and where none do. */
  readonly subject: string | null;
}

/** One request of somebody, or of nobody. */
export function splitRequest(
  n: number,
  dice: Dice,
  { anonymous, subjects, sticky }: SplitScenario,
): SplitRequest {
  const messages = [{ role: "user", content: `#${n}# Is the second volume in print?` }];
  const stream = dice.chance(0.3);
  const body = Buffer.from(JSON.stringify({ model: splitName, messages, max_tokens: 16, stream }));
  const who = dice.whole(1, subjects);
  // Where the name that counts is absent, the other one does.
  const [first, other] = sticky === "user" ? ["user", "session"] : ["session", "user"];
  const name = dice.chance(0.9) ? first : other;
  const isAnonymous = dice.chance(anonymous);
  const headers = [
    "host",
    "gateway.example",
    "authorization",
    `Bearer ${loadKey}`,
    "content-type",
    "application/json",
    "content-length",
    String(body.length),
    ...(isAnonymous ? [] : [`x-sekisho-${name}`, `s${who}`]),
  ];
  const address = { remoteAddress: "192.0.2.7", connection: 1 };
  const asked = { method: "POST", target: "/v1/chat/completions" };
  const subject = isAnonymous || sticky === "none" ? null : `${name} ${who}`;
  const head = { ...asked, protocol: "h1", version: "1.1", ...address, headers } as const;
  return { head, body, subject };
}
