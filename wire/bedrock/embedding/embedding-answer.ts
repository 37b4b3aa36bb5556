import { noUsage, type Usage } from "../../canonical/usage.ts";

/** How far a length may be from 1: what float32 leaves of it. */
const tolerance = 1e-3;

export interface TitanAnswer {
  readonly usage: Usage | null;
  readonly version: "titan-v1" | "titan-v2";
}

/** The one vector of an answer of Titan's: its second version names the form as well. */
export function encodeTitanVector(vector: string, { usage, version }: TitanAnswer): string {
  const tokens = `"inputTextTokenCount":${tokensOf(usage)}`;
  if (version === "titan-v1") return `{"embedding":${vector},${tokens}}`;
  const unit = unitVector(vector);
  return `{"embedding":${unit},"embeddingsByType":{"float":${unit}},${tokens}}`;
}

/** Bedrock counts what it reads as one number, whatever of it came from a cache. */
function tokensOf(usage: Usage | null): number {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h } = usage ?? noUsage;
  return input + cacheRead + cacheWrite5m + cacheWrite1h;
}

/** Titan's second version promises vectors of the length 1, which not every model makes. */
function unitVector(vector: string): string {
  const numbers = numbersOf(vector);
  if (numbers === null) return vector;
  // Not Math.hypot(...numbers): a provider may send more of them than a call has room for.
  const length = Math.sqrt(numbers.reduce((sum, each) => sum + each * each, 0));
  if (length === 0 || Math.abs(length - 1) <= tolerance) return vector;
  return JSON.stringify(numbers.map((each) => each / length));
}

function numbersOf(vector: string): number[] | null {
  try {
    return JSON.parse(vector) as number[]; // a list of numbers as its provider wrote it
  } catch {
    return null;
  }
}

export interface CohereAnswer {
  readonly id: string;
  readonly texts: readonly string[];
  /** Else vectors stand in one list. */
  readonly byType: boolean;
}

/** The vectors of an answer of Cohere's. */
export function encodeCohereVectors(
  vectors: readonly string[],
  { id, texts, byType }: CohereAnswer,
): string {
  const list = `[${vectors.join(",")}]`;
  const embeddings = byType ? `{"float":${list}}` : list;
  const type = byType ? "embeddings_by_type" : "embeddings_floats";
  return (
    `{"id":${JSON.stringify(id)},"texts":${JSON.stringify(texts)},` +
    `"embeddings":${embeddings},"response_type":"${type}"}`
  );
}
