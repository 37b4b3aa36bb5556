import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readBedrockModel } from "@sekisho/wire/bedrock/model-id.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

/** The longest that any dialect takes: Bedrock's ids. */
const maxChars = 2_048;
const maxShownChars = 128;

/** What would end a line of a log, a header or a terminal's output before its time. */
const breaking = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/**
 * A model's name as a client said it in `field`, in any script: aliases are names too. Throws
 * Failure `invalid_value` for one that headers, rows and log lines must not hold.
 */
export function checkModelName(name: string, field: string): string {
  const fault = faultOf(name);
  if (fault === null) return name;
  const message = `Cannot read the model's name in "${field}": it ${fault}`;
  throw new Failure<Code>("invalid_value", message, { param: field });
}

/** What of a model's name stands in a message: it is the client's own, and bounded. */
export const shownModel = (name: string): string => name.slice(0, maxShownChars);

/** Profiles and ARNs name a model that other regions have under its own name. */
export const modelBehind = (upstreamModel: string): string =>
  readBedrockModel(upstreamModel)?.foundationId ?? upstreamModel;

/** Where an administrator gives a model of a provider its price. */
export const overridePath = (upstreamModel: string): string =>
  `prices.override[${JSON.stringify(shownModel(upstreamModel))}]`;

function faultOf(name: string): string | null {
  if (name === "" || name.length > maxChars) {
    return `has ${name.length} characters, 1 to ${maxChars} expected`;
  }
  if (breaking.test(name)) return "holds a control character";
  return name.isWellFormed() ? null : "holds half of a surrogate pair";
}
