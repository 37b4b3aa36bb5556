import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Surface } from "@sekisho/gateway/request.ts";
import { wordsOfApi } from "@sekisho/gateway/target-api.ts";
import {
  carriage,
  type Feature,
  type TargetDialect,
} from "@sekisho/wire/canonical/carriage.data.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { allCells } from "./cells/all-cells.ts";
import { callsOf, failureOf, type Bench, type ContractCell } from "./cells/contract-cell.ts";
import { wordsOf } from "./cells/errors.ts";
import type { Access, AccessPair, ContractClient, OpenClient } from "./clients/contract-client.ts";
import { assertBooks } from "./contract-books.ts";
import { createPair } from "./create-pair.ts";
import { contractConfig } from "./contract-config.ts";
import { Library } from "./library.ts";
import { allTargets } from "./targets/all-targets.ts";
import type { ContractTarget } from "./targets/contract-target.ts";

/** Whose words the requests of a surface are in; null where no target has them. */
const wordsOfSurface: Readonly<Record<Surface, TargetDialect | null>> = {
  "openai.chat": "openai",
  "openai.completions": "openai",
  "openai.responses": null,
  "openai.moderations": null,
  "anthropic.messages": "anthropic",
  "bedrock.converse": "bedrock",
  "bedrock.invoke": "anthropic",
  "gemini.generateContent": "gemini",
  chat: "openai",
  library: null,
  stream: null,
};

/** What of a cell this target has no words for (WIR-13); null when all of it is carried. */
function refusedFeature(
  cell: ContractCell,
  surface: Surface,
  target: ContractTarget,
): Feature | null {
  const words = wordsOfApi[target.api];
  if (surface === target.api || wordsOfSurface[surface] === words) return null;
  return cell.features?.find((feature) => carriage[feature][words] === "refuse") ?? null;
}

/**
 * The matrix of some clients: every cell at every column, with one gateway and one simulator. The
 * clients go one after the other; the columns side by side, for they wait more than they work.
 */
export function contractOf(opens: readonly OpenClient[]): void {
  let gateway: GatewayUnderTest;
  let pair: AccessPair;
  let library: Library;
  const alone = oneByOne();
  before(async () => {
    library = await Library.start();
    const config = (simulatorUrl: string) => contractConfig(simulatorUrl, [library.host]);
    gateway = await GatewayUnderTest.start({ config });
    pair = await createPair(gateway);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await library[Symbol.asyncDispose]();
  });

  for (const open of opens) {
    const opened: ContractClient[] = [];
    const openWith = (access: Partial<Access>): ContractClient => {
      const { url, key } = gateway;
      const client = open({ url, key, pair, retries: 0, ...access });
      opened.push(client);
      return client;
    };
    // Its name and its words are known before there is a gateway.
    const face = open({ url: "http://127.0.0.1:1", key: "none", pair: null, retries: 0 });
    face.close();
    describe(face.name, { concurrency: allTargets.length }, () => {
      after(() => {
        for (const client of opened) client.close();
      });
      for (const target of allTargets) {
        // A column's cells look at its newest call.
        describe(`${face.name} × ${target.name}`, { concurrency: 1 }, () => {
          let client: ContractClient | null = null;
          columnOf(face, target, () => {
            client ??= openWith({});
            return { client, target, gateway, pair, library, open: openWith, alone };
          });
        });
      }
    });
  }
}

function columnOf(face: ContractClient, target: ContractTarget, bench: () => Bench): void {
  for (const cell of allCells) {
    if (cell.needs?.some((need) => face.lacks.has(need))) continue;
    if (cell.only?.includes(target.api) === false) continue;
    const refused = refusedFeature(cell, face.surface, target);
    if (refused === null) test(`WIR-13 ${cell.name}`, () => cell.run(bench()));
    else test(`WIR-13 ${cell.name}: refused`, () => assertRefused(cell, bench(), refused));
  }
  test("MON-14 the bill of the provider is the ledger's", () => assertBooks(bench()));
}

function oneByOne(): Bench["alone"] {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const acting = last.then(act);
    last = acting.catch(() => null);
    return acting;
  };
}

async function assertRefused(cell: ContractCell, bench: Bench, refused: Feature): Promise<void> {
  const { client } = bench;
  const already = callsOf(bench).length;
  const failure = await failureOf(client, cell.run(bench));
  const { status, type } = wordsOf(client, "unsupported_by_target");
  assert.equal(failure.status, status);
  assert.equal(
    failure.header?.("x-sekisho-cause") ?? "unsupported_by_target",
    "unsupported_by_target",
  );
  if (failure.type !== null) assert.equal(failure.type, type);
  assert.ok(failure.message.includes(carriage[refused].what), failure.message);
  assert.equal(callsOf(bench).length, already, "no provider was asked");
}
