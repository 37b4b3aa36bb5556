import assert from "node:assert/strict";
import { codes, type Code, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";
import type { Surface } from "@sekisho/gateway/request.ts";
import { until } from "../../harness/until.ts";
import { contractKeys, hasty, unpriced } from "../contract-config.ts";
import type { ContractClient, SeenFailure } from "../clients/contract-client.ts";
import { asks, callsOf, failureOf, type Bench, type ContractCell } from "./contract-cell.ts";

function pairOf(surface: Surface, row: CodeRow): readonly [type: string | null, status: number] {
  if (surface === "anthropic.messages") return row.anthropic;
  if (surface === "gemini.generateContent") return row.gemini;
  return surface.startsWith("openai.") ? [row.openai[1], row.status] : row.bedrock;
}

/** What a surface says of a code. */
export function wordsOf(
  { surface }: ContractClient,
  code: Code,
): { readonly status: number; readonly type: string | null } {
  const row: CodeRow = codes[code];
  const [type, status] = pairOf(surface, row);
  return { status, type };
}

/** The client threw its class for this code, with the words of its surface. */
export function assertFailure(client: ContractClient, failure: SeenFailure, code: Code): void {
  const { status, type } = wordsOf(client, code);
  assert.equal(failure.header?.("x-sekisho-cause") ?? code, code);
  assert.equal(failure.status, status);
  if (failure.type !== null) assert.equal(failure.type, type);
  assert.equal(failure.name, client.classOf(status, type));
  assert.ok(failure.message.length > 10);
  assert.ok(!failure.message.includes("(simulated)") || !codes[code].retryable);
}

/** Faults of the provider before its answer, and what the client is told. */
const upstream: readonly (readonly [fault: string, code: Code])[] = [
  ["400", "upstream_rejected"],
  ["401", "upstream_auth"],
  ["403", "upstream_auth"],
  ["404", "upstream_rejected"],
  ["408", "upstream_timeout"],
  ["409", "upstream_error"],
  ["413", "upstream_rejected"],
  ["422", "upstream_rejected"],
  ["424", "upstream_error"],
  ["429 backoff-ms=1", "upstream_rate_limited"],
  ["500", "upstream_error"],
  ["502", "upstream_unavailable"],
  ["503 backoff-ms=1", "upstream_unavailable"],
  ["504", "upstream_timeout"],
  ["529 backoff-ms=1", "upstream_unavailable"],
  ["context-length", "context_length_exceeded"],
  ["content-filter", "content_filtered"],
  ["empty-body", "upstream_malformed"],
  ["html-body", "upstream_malformed"],
  ["empty-object", "upstream_malformed"],
  ["error-first", "upstream_error"],
  ["redirect", "upstream_malformed"],
  ["close-fin", "upstream_cut"],
  ["close-rst", "upstream_cut"],
  ["stall-head", "upstream_timeout"],
];

/**
 * A plain answer is waited for as long as a whole attempt may take, and Bedrock has no words for an
 * error with status 200 that is no stream.
 */
const streamsOnly: ReadonlySet<string> = new Set(["stall-head", "error-first"]);

const upstreamError = ([fault, code]: (typeof upstream)[number]): ContractCell => ({
  name: `error class: the provider's ${fault.split(" ", 1)[0]} is ${code}`,
  async run(bench) {
    const { client } = bench;
    const model = fault === "stall-head" ? hasty(bench.target) : bench.target.model;
    const question = { ...asks(bench, `Hello [[sim: fault=${fault}]]`), model };
    for (const how of ["ask", "stream"] as const) {
      if (how === "ask" && streamsOnly.has(fault)) continue;
      assertFailure(client, await failureOf(client, client[how](question)), code);
    }
  },
});

type Own = readonly [
  why: string,
  code: Code,
  ask: (bench: Bench) => { readonly client: ContractClient; readonly answer: Promise<unknown> },
];

const asHolderOf = (bench: Bench, key: string) => {
  const client = bench.open({ key });
  return { client, answer: client.ask(asks(bench, "Hello")) };
};

const own: readonly Own[] = [
  [
    "an unknown model",
    "model_not_found",
    (bench) => ({
      client: bench.client,
      answer: bench.client.ask({ ...asks(bench, "Hello"), model: "anthropic.claude-nobody" }),
    }),
  ],
  [
    "a model that the key may not use",
    "model_forbidden",
    (bench) => asHolderOf(bench, contractKeys.elsewhere),
  ],
  ["a wrong key", "invalid_credential", (bench) => asHolderOf(bench, "not-a-key-of-anybody")],
  [
    "a call dearer than the budget",
    "request_exceeds_budget",
    (bench) => asHolderOf(bench, contractKeys.poor),
  ],
];

const ownError = ([why, code, ask]: Own): ContractCell => ({
  name: `error class: ${why} is ${code}`,
  needs: code === "model_not_found" ? [] : ["key"],
  async run(bench) {
    const { client, answer } = ask(bench);
    assertFailure(client, await failureOf(client, answer), code);
  },
});

/** Some clients show the body of an error as it came, in JSON. */
const wordsIn = ({ message }: SeenFailure): string => message.replaceAll('\\"', '"');

const nearMiss: ContractCell = {
  name: "error class: a misspelt model is model_not_found, and the nearest name is told",
  async run(bench) {
    const { client, target } = bench;
    const model = `${target.model}x`;
    const failure = await failureOf(client, client.ask({ ...asks(bench, "Hello"), model }));
    assertFailure(client, failure, "model_not_found");
    const told = wordsIn(failure);
    assert.ok(told.includes(`the nearest is "${target.model}"`), told);
  },
};

const withoutPrice: ContractCell = {
  name: "MON-2 error class: a model without a price is unpriced, and what to set is told",
  needs: ["key"],
  async run(bench) {
    const { target } = bench;
    const client = bench.open({ key: contractKeys.poor });
    const question = { ...asks(bench, "Hello"), model: unpriced(target) };
    const failure = await failureOf(client, client.ask(question));
    assertFailure(client, failure, "unpriced");
    const told = wordsIn(failure);
    for (const name of [unpriced(target), `prices.override["${target.upstreamModel}-nameless"]`]) {
      assert.ok(told.includes(name), told);
    }
  },
};

const rate: ContractCell = {
  name: "MON-13 error class: beyond the rate is rate_limited, with a hint",
  needs: ["key"],
  async run(bench) {
    const client = bench.open({ key: contractKeys.slow });
    // Whoever asks first in this process has the one call of the burst.
    await client.ask(asks(bench, "Hello")).catch(() => null);
    const failure = await failureOf(client, client.ask(asks(bench, "Hello")));
    assertFailure(client, failure, "rate_limited");
    const hint = failure.header?.("retry-after");
    if (failure.header !== undefined) assert.ok(Number(hint) > 0 && Number(hint) <= 100, `${hint}`);
  },
};

const wrongSecret: ContractCell = {
  name: "error class: a wrong secret is invalid_signature",
  needs: ["pair"],
  async run(bench) {
    const { pair } = bench;
    const client = bench.open({ pair: { ...pair, secretAccessKey: "not-the-secret-of-this-key" } });
    const failure = await failureOf(client, client.ask(asks(bench, "Hello")));
    assertFailure(client, failure, "invalid_signature");
  },
};

const retried: ContractCell = {
  name: "RTE-8 the client's own retry after a hint is served",
  async run(bench) {
    const { simulator } = bench.gateway;
    const client = bench.open({ retries: 1 });
    const already = callsOf(bench).length;
    const match = { region: bench.target.region, times: 1 };
    const answer = await bench.alone(async () => {
      simulator.setScenarios([{ name: "throttled once", match, fault: "429", retryAfterMs: "40" }]);
      const asked = { answering: client.ask(asks(bench, "Reply with exactly: at last")) };
      await until("the first try is throttled", () =>
        callsOf(bench)[already]?.state === "ended" ? true : null,
      );
      simulator.setScenarios([]);
      return asked;
    });
    assert.equal((await answer.answering).text, "at last");
    assert.equal(callsOf(bench).length, already + 2);
  },
};

const notRetried: ContractCell = {
  name: "RTE-7 the client's own retry leaves alone what cannot be mended",
  async run(bench) {
    const client = bench.open({ retries: 1 });
    const already = callsOf(bench).length;
    const failure = await failureOf(client, client.ask(asks(bench, "[[sim: fault=400]]")));
    assertFailure(client, failure, "upstream_rejected");
    assert.equal(callsOf(bench).length, already + 1);
  },
};

export const errorCells: readonly ContractCell[] = [
  ...upstream.map(upstreamError),
  ...own.map(ownError),
  nearMiss,
  withoutPrice,
  wrongSecret,
  rate,
  retried,
  notRetried,
];
