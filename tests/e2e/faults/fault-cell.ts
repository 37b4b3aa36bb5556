import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import type { FaultClient } from "./clients/fault-client.ts";
import type { FaultRow } from "./fault-rows.ts";
import type { FaultOutcome, FaultRowName } from "./outcomes/fault-outcome.ts";
import { outcomesOf } from "./outcomes/outcome-of.ts";

/** One fault of a target, met by one client. */
export interface FaultCell {
  readonly row: FaultRow;
  readonly client: FaultClient;
  readonly stream: boolean;
  /** `sole`: nobody else is asked. `pair`: behind the faulty target there is a faultless one. */
  readonly route: "sole" | "pair";
  /** What the faulty target comes to. */
  readonly outcomes: readonly FaultOutcome[];
}

const routes = ["sole", "pair"] as const;

/** It needs a connection that was used before, so nothing else may run beside it. */
export const lonelyFault: FaultRowName = "keepalive-race";

export interface Column {
  readonly target: ContractTarget;
  readonly clients: readonly FaultClient[];
}

/** A fault at this target for every client, streamed and not, alone and beside a second target. */
export const cellsOf = (row: FaultRow, { target, clients }: Column): FaultCell[] =>
  clients.flatMap((client) =>
    [true, false].flatMap((stream) => {
      const way = { surface: client.surface, api: target.api, stream };
      const outcomes = outcomesOf(row.name, way);
      return routes.map((route) => ({ row, client, stream, route, outcomes }));
    }),
  );

export const nameOf = ({ row, client, stream, route }: FaultCell): string =>
  `${row.name}, ${client.surface} ${stream ? "streamed" : "whole"}, ${route}`;
