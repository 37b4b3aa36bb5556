import type { Capabilities, ModelDetails, ShownPrice } from "../canonical/model-details.ts";

/** One place a call of a model can go, and what is known of the model there. */
export interface ModelTargetView {
  readonly pool: string;
  readonly provider: string;
  readonly region: string;
  readonly credential: string | null;
  readonly upstreamModel: string;
  readonly priority: number;
  readonly weight: number;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly capabilities: Capabilities | null;
  /** Who says so, and how sure it is: A, B or C; null for a model that no table has. */
  readonly source: string | null;
  readonly confidence: string | null;
  /** What it costs now; null without a price. */
  readonly price: ShownPrice | null;
  /** What it costs from a later day on, where that is known. */
  readonly nextPrice: ShownPrice | null;
}

/** A name that clients may use. */
export interface ModelView {
  readonly name: string;
  /** The pattern that serves it, when it is no name of the configuration. */
  readonly wildcard: string | null;
  /** In the order in which they are fallen back on. */
  readonly pools: readonly { readonly name: string; readonly balance: string }[];
  /** What clients are told: what holds wherever a call goes. */
  readonly details: ModelDetails;
  readonly targets: readonly ModelTargetView[];
  /** What whoever calls it should know, as sentences. */
  readonly notes: readonly string[];
}

/** `GET /admin/models` */
export interface ModelListView {
  /** The edition of the price book. */
  readonly book: string;
  readonly models: readonly ModelView[];
  /** Patterns, under each of which every name that fits is served. */
  readonly wildcards: readonly string[];
}
