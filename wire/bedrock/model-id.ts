/** Before an inference profile's model: where its requests may be served. */
const geographies = ["us-gov", "us", "eu", "apac", "jp", "au", "ca", "sa", "global"] as const;
export type Geography = (typeof geographies)[number];

/** What a model's id tells, if it is one of Bedrock's. */
export interface BedrockModel {
  readonly kind: "foundation" | "profile" | "arn";
  /** Of an ARN, where it says so. */
  readonly region: string | null;
  readonly geography: Geography | null;
  /** `anthropic.claude-…`; null where the id is a name that an account chose. */
  readonly foundationId: string | null;
}

const reserved = /[!'()*]/g;

/** An id as one segment of a path, as the AWS SDKs write it: `:` and `/` are encoded. */
export const writeModelSegment = (id: string): string =>
  encodeURIComponent(id.toWellFormed()).replaceAll(
    reserved,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const foundation = /^[a-z0-9-]{1,63}\.[a-z0-9-]{1,63}(?:[.:][a-z0-9.-]{1,63}){0,4}$/;
const profile = new RegExp(`^(?<geography>${geographies.join("|")})\\.(?<model>.+)$`);
const arn = new RegExp(
  "^arn:aws(?:-[a-z-]+)?:(?:bedrock|sagemaker):(?<region>[a-z0-9-]{0,20}):(?:\\d{12})?:" +
    "(?<type>[a-z-]+)/(?<name>[\\w.:/-]{1,512})$",
);

/** Null for what is no id of Bedrock's: an alias, or nonsense. */
export function readBedrockModel(id: string): BedrockModel | null {
  const groups = arn.exec(id)?.groups;
  if (groups === undefined) return id.startsWith("arn:") ? null : readPlainId(id);
  const { region = "", type, name = "" } = groups;
  // Only these two are named after the model that is behind them.
  const isOpen = type === "foundation-model" || type === "inference-profile";
  const named = isOpen ? readPlainId(name) : null;
  return {
    kind: "arn",
    region: region === "" ? null : region,
    geography: named?.geography ?? null,
    foundationId: named?.foundationId ?? null,
  };
}

function readPlainId(id: string): BedrockModel | null {
  const groups = profile.exec(id)?.groups;
  const model = groups?.["model"] ?? "";
  if (foundation.test(model)) {
    const geography = geographies.find((known) => known === groups?.["geography"]) ?? null;
    return { kind: "profile", region: null, geography, foundationId: model };
  }
  return foundation.test(id)
    ? { kind: "foundation", region: null, geography: null, foundationId: id }
    : null;
}
