/** What a model may be able to do. */
export const capabilityNames = [
  "text",
  "images",
  "documents",
  "tools",
  "structuredOutput",
  "reasoning",
  "promptCaching",
  "streaming",
  "embeddings",
] as const;

export type Capability = (typeof capabilityNames)[number];

/** Null: nobody has said so, and nothing is guessed. */
export type Capabilities = Readonly<Record<Capability, boolean | null>>;

/** US dollars per million tokens, as exact decimal numbers: "0.035". */
export interface UsdRates {
  readonly input: string;
  readonly output: string;
  readonly cacheRead: string;
  readonly cacheWrite5m: string;
  readonly cacheWrite1h: string;
}

/** A price as people are told of it. */
export interface ShownPrice extends UsdRates {
  readonly version: string;
  /** US dollars for each request and each image of a prompt; absent where tokens are all. */
  readonly perRequest?: string;
  readonly perImage?: string;
  /** What calls with longer prompts cost as a whole, the shortest first. */
  readonly bands: readonly (UsdRates & { readonly overPromptTokens: number })[];
  /** UTC days: the first on which it holds, and the first on which it no longer does. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
  readonly source: string;
  /** A: official; B: a dated source that cites one; C: widely known; null: the configuration. */
  readonly confidence: string | null;
}

/** Where calls of a model go. */
export interface ModelPlace {
  readonly provider: string;
  readonly region: string;
}

/** What is known of a name that clients may use; null where nothing is. */
export interface ModelDetails {
  /** Those of the smallest of its targets. */
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  /** What each of its targets can do. */
  readonly capabilities: Capabilities;
  /** That of the dearest of its targets. */
  readonly price: ShownPrice | null;
  /** Do its targets differ in their prices, one without any included? */
  readonly hasSeveralPrices: boolean;
  readonly places: readonly ModelPlace[];
}

/** A model as clients may name it. */
export interface ListedModel {
  readonly id: string;
  readonly createdMs: number;
  readonly ownedBy: string;
  readonly details: ModelDetails;
}
