import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { askFresh } from "../harness/ask-fresh.ts";
import type { ServerProcess } from "../harness/server-process.ts";
import { crashConfig, secrets, shop } from "./crash-config.ts";

/** Two processes, and a budget of which each has a slice: calls need not ask the store. */
export const groupConfig = (simulatorUrl: string): ConfigInput => {
  const config = crashConfig(simulatorUrl);
  const keys = [{ id: "till", secret: secrets.till }];
  const budgets = [{ scope: "tenant" as const, window: "day" as const, usd: 1_000 }];
  return { ...config, processes: 2, tenants: { [shop]: { keys, budgets } } };
};

/** Calls over connections of their own, so that they meet both processes. */
export class GroupLoad {
  /** By the name that the ledger has as its user. */
  readonly begun: string[] = [];
  /** Whose answer its client has whole: the call's id. */
  readonly answered = new Map<string, string>();

  /** Makes so many calls, some at a time. Those that nobody answers are nobody's fault. */
  async run({ url }: ServerProcess, count: number): Promise<void> {
    let left = count;
    const call = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.#call(url).catch(() => {});
      }
    };
    await Promise.all(Array.from({ length: width }, call));
  }

  async #call(url: string): Promise<void> {
    const user = `user-${this.begun.length}`;
    this.begun.push(user);
    const { status, headers, text } = await askFresh(new URL("/v1/chat/completions", url), {
      method: "POST",
      headers: {
        authorization: `Bearer ${secrets.till}`,
        "content-type": "application/json",
        "x-sekisho-user": user,
      },
      body: JSON.stringify({
        model: "plain",
        messages: [{ role: "user", content: "Reply with exactly: hello" }],
      }),
    });
    if (status !== 200 || !text.includes("finish_reason")) return;
    this.answered.set(user, String(headers["x-request-id"]).slice("req_".length));
  }
}

const width = 6;
