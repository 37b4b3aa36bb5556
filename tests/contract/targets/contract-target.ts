import type { TargetApi } from "@sekisho/gateway/target.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";

export type ProviderInput = NonNullable<ConfigInput["providers"]>[string];

/** A provider's dialect, as a column of the matrix. */
export interface ContractTarget {
  /** In test names, and as provider in the configuration. */
  readonly name: string;
  /** How requests go to it. */
  readonly api: TargetApi;
  /** What clients call the model. Their libraries tell from a name what a model can do. */
  readonly model: string;
  readonly upstreamModel: string;
  /** Of the simulator: each column has one of its own, by which its bill is told from others. */
  readonly region: string;
  /** At this address of the simulator. */
  provider(simulatorUrl: string): ProviderInput;
}
