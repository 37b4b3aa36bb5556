import assert from "node:assert/strict";
import type { CallRecord } from "@sekisho/simulator/call-record.ts";
import type { TargetApi } from "@sekisho/gateway/target.ts";
import type { Feature } from "@sekisho/wire/canonical/carriage.data.ts";
import type { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import type { ProviderRows, StoredRow } from "../../harness/ledger-file.ts";
import { until } from "../../harness/until.ts";
import type {
  Access,
  AccessPair,
  Answer,
  ContractClient,
  Lack,
  Question,
} from "../clients/contract-client.ts";
import type { Library } from "../library.ts";
import type { ContractTarget } from "../targets/contract-target.ts";

/** One client against one column. */
export interface Bench {
  /** Tries once. */
  readonly client: ContractClient;
  readonly target: ContractTarget;
  readonly gateway: GatewayUnderTest;
  readonly pair: AccessPair;
  readonly library: Library;
  /** The same client once more, shown or allowed something else. It is closed with the bench. */
  open(access: Partial<Access>): ContractClient;
  /** Columns run side by side; what changes the simulator for all of them runs alone. */
  alone<T>(act: () => Promise<T>): Promise<T>;
}

/** One thing that a client asks for, whoever the client and whatever the provider's dialect. */
export interface ContractCell {
  readonly name: string;
  /** What of it a target may be unable to carry, by the table of carriage. */
  readonly features?: readonly Feature[];
  /** What a client must have words for. */
  readonly needs?: readonly Lack[];
  /** The interfaces of providers that can behave like this; all without. */
  readonly only?: readonly TargetApi[];
  /** Throws what the client throws when the first of its questions is refused. */
  run(bench: Bench): Promise<void>;
}

/** A question of one text to the column's model. */
export const asks = (
  { target }: Bench,
  text: string,
  rest: Omit<Partial<Question>, "model"> = {},
): Question => ({
  model: target.model,
  turns: [{ by: "user", parts: [{ kind: "text", text }] }],
  ...rest,
});

/** The calls that the column's provider saw, the oldest first. */
export const callsOf = ({ gateway, target }: Bench): readonly CallRecord[] =>
  gateway.simulator.calls().filter(({ region }) => region === target.region);

/** The newest of them. */
export function lastCall(bench: Bench): CallRecord {
  const call = callsOf(bench).at(-1);
  assert.ok(call, "the provider has seen a call");
  return call;
}

/** The newest row of the column once all of its calls are in the books. */
const newestRow = (bench: Bench): Promise<ProviderRows> =>
  until("every call is in the books", () =>
    bench.gateway.books.providerRows(bench.target.name, callsOf(bench).length),
  );

/** The ledger's row of the one call that `act` makes. */
export async function rowOf(bench: Bench, act: () => Promise<unknown>): Promise<StoredRow> {
  const already = await newestRow(bench);
  await act();
  const { count, newest } = await newestRow(bench);
  assert.ok(newest !== null && count === already.count + 1, `${count - already.count} rows`);
  return newest;
}

/** What the client says was used is what the provider has billed (WIR-11). */
export function assertUsage(bench: Bench, { usage }: Answer): void {
  const { tokens } = lastCall(bench);
  assert.ok(usage, "the client knows what was used");
  const written = tokens.cacheWrite5m + tokens.cacheWrite1h;
  assert.equal(usage.input + usage.cacheRead + (usage.cacheWrite ?? written), tokens.input);
  assert.equal(usage.cacheRead, tokens.cached);
  assert.equal(usage.cacheWrite ?? written, written);
  assert.equal(usage.output, tokens.output);
}

/** The error that a call ends with, as a program that uses the client sees it. */
export async function failureOf(client: ContractClient, answer: Promise<unknown>) {
  try {
    await answer;
  } catch (error) {
    return client.failureOf(error);
  }
  return assert.fail("The call succeeded");
}
