import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import { assertClosed } from "../faults/assert-closed.ts";
import { ClientSideStage } from "../faults/client-side-stage.ts";
import { CutBooks } from "./cut-books.ts";
import { cutters } from "./cut-rule.ts";
import { allWays } from "./cut-way.ts";
import { playCuts } from "./play-cuts.ts";

/** Each event of each answer between all clients and these targets, cut by either side. */
export async function playAllCuts(targets: readonly ContractTarget[]): Promise<CutBooks> {
  await using stage = await ClientSideStage.start();
  const books = new CutBooks();
  for (const cutter of cutters) {
    await playCuts({ stage, books }, allWays(stage.gateway.key, targets), cutter);
  }
  await assertClosed(stage);
  return books;
}
