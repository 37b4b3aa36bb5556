import { dialectTargets } from "../../contract/targets/all-targets.ts";
import type { ContractTarget } from "../../contract/targets/contract-target.ts";
import type { FaultClient } from "../faults/clients/fault-client.ts";
import { clientsOf } from "../faults/clients/all-clients.ts";

/** Who asks whom, and how: the cell of a table in which each event of the answer is one cut. */
export interface CutWay {
  readonly target: ContractTarget;
  readonly client: FaultClient;
  readonly stream: boolean;
}

/** A client that speaks its target's dialect has the bytes of the provider. */
export const isRelayed = ({ client, target }: CutWay): boolean => client.surface === target.api;

export const nameOf = (way: CutWay): string =>
  `${way.target.name} for ${way.client.surface}, ${way.stream ? "streamed" : "whole"}`;

/** Every dialect to every dialect, streamed and not. */
export const allWays = (key: string, targets = dialectTargets): CutWay[] =>
  targets.flatMap((target) =>
    clientsOf(target.api, key).flatMap((client) =>
      [true, false].map((stream) => ({ target, client, stream })),
    ),
  );

/** Of each target its own dialect, and the one that stands behind it in the list. */
export const fewWays = (key: string): CutWay[] =>
  dialectTargets.flatMap((target) => {
    const clients = clientsOf(target.api, key);
    const own = clients.findIndex(({ surface }) => surface === target.api);
    const chosen = [clients[own], clients[(own + 1) % clients.length]];
    return chosen.flatMap((client) =>
      client === undefined ? [] : [true, false].map((stream) => ({ target, client, stream })),
    );
  });
