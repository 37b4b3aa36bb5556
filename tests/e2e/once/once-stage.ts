import assert from "node:assert/strict";
import type { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { FaultProxy } from "../../harness/proxy/fault-proxy.ts";
import type { OnceCut } from "./once-cut.ts";
import type { Given, OnceAsk, OnceWay } from "./once-way.ts";

/** What the clients went through. */
export interface OncePlayed {
  readonly cases: number;
  /** Connections that were ended for them, or told them nothing. */
  cut: number;
  /** Requests that were given the answer to another one. */
  repeated: number;
}

export interface OnceCase {
  readonly way: OnceWay;
  readonly cut: OnceCut;
  /** How many ask at once, each over connections of its own. */
  readonly racers: number;
}

/** A client gives up behind so many answers that broke off. */
const mostTries = 8;

const atOnce = 32;

/**
 * Plays the cases, some at a time: clients that ask again by the same name until they have an
 * answer. Afterwards the provider has been asked once for each name.
 */
export async function playOnce(
  gateway: GatewayUnderTest,
  cases: readonly OnceCase[],
): Promise<OncePlayed> {
  const before = gateway.simulator.received;
  const repeatedBefore = await repeatedBy(gateway);
  const played: OncePlayed = { cases: cases.length, cut: 0, repeated: 0 };
  const waiting = [...cases.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [n, { way, cut, racers }] = next;
      const stage = new OnceStage(gateway, way, cut);
      try {
        await stage.play(`once-${before}-${n}`, racers);
      } catch (error) {
        throw new Error(`${n}: ${way.name}, ${cut.name}, ${racers} at once`, { cause: error });
      }
      played.cut += stage.cut;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  assert.equal(gateway.simulator.received - before, cases.length, "calls that the provider got");
  played.repeated = (await repeatedBy(gateway)) - repeatedBefore;
  return played;
}

/** How many requests were given the answer to another one, attached or later. */
async function repeatedBy({ url }: GatewayUnderTest): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const lines = metrics.matchAll(/^sekisho_repeated_requests_total\{.*\} (\d+)$/gm);
  return [...lines].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** One name, and the clients that ask by it. */
class OnceStage {
  cut = 0;
  readonly #gateway: GatewayUnderTest;
  readonly #way: OnceWay;
  readonly #cut: OnceCut;

  constructor(gateway: GatewayUnderTest, way: OnceWay, cut: OnceCut) {
    this.#gateway = gateway;
    this.#way = way;
    this.#cut = cut;
  }

  async play(name: string, racers: number): Promise<void> {
    const { url, key: token } = this.#gateway;
    const ask: OnceAsk = { url, token, name, text: `${name} ${pace}` };
    const answers = await Promise.all(Array.from({ length: racers }, () => this.#throughCuts(ask)));
    const later = await this.#way.ask(ask);
    assert.ok(later.isReplayed ?? true, "who comes later is given it again");
    for (const { said, bytes } of answers) {
      assert.deepEqual(said, later.said);
      assert.equal(bytes, later.bytes);
    }
    const other = this.#way.ask({ ...ask, text: `Another one ${pace}` });
    await assert.rejects(other, (error: object) =>
      "status" in error ? error.status === 422 : "code" in error && error.code === mismatch,
    );
  }

  async #throughCuts(ask: OnceAsk): Promise<Given> {
    const { first, timeoutMs } = this.#cut;
    const patience = timeoutMs === undefined ? {} : { timeoutMs };
    await using proxy = await FaultProxy.start({ to: ask.url, first });
    for (let tries = 1; ; tries += 1) {
      try {
        const given = await this.#way.ask({ ...ask, ...patience, url: proxy.url });
        this.cut += proxy.accepted - 1;
        return given;
      } catch (error) {
        // An SDK does not ask again for what broke off behind its first byte: its program does.
        if (tries === mostTries || isAnswer(error)) throw error;
      }
    }
  }
}

/** A quarter of a second, in which others come. */
const pace = "[[sim: tokens=40 tps=160]]";

const mismatch = "idempotency_mismatch";

/** The gateway's own words, and no broken connection. */
const isAnswer = (error: unknown): boolean =>
  error instanceof Error && "status" in error && error.status !== undefined;
