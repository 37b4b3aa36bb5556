import {
  fault,
  isBoolean,
  isName,
  isNumber,
  isObject,
  member,
  optional,
  refuseFault,
  under,
  type Fault,
  type JsonObject,
  type Rule,
} from "../field-rules.ts";
import { JsonScanner, readJson } from "../framing/json-scan.ts";
import { ok, refuse, type Parsed } from "../result.ts";

/** Body of `POST /test/enable-failures`: which calls are to fail, and how. */
export interface FailureOrder {
  /** Null with `provider` null: everywhere. */
  readonly region: string | null;
  /** A provider's name; only one of the two is given. */
  readonly provider: string | null;
  /** A name of the simulator's table of faults. */
  readonly fault: string;
  /** Of each call that matches. */
  readonly probability: number;
}

/** Body of `POST /test/disable-failures`. */
export interface FailureEnd {
  /** Are circuits to be closed too, or to find out by themselves that calls succeed again? */
  readonly reset: boolean;
}

const orderRules = {
  region: optional(isName(64)),
  provider: optional(isName(64)),
  fault: optional(isName(64)),
  probability: optional(isNumber(0.001, 1)),
} as const satisfies Record<keyof FailureOrder, Rule>;

const endRules = { reset: optional(isBoolean) } as const satisfies Record<keyof FailureEnd, Rule>;

/** No body and `{}` mean the same: each call to each region answers 503. */
export function readFailureOrder(bytes: Buffer): Parsed<FailureOrder> {
  const read = readMembers(bytes, orderRules);
  if (!read.ok) return read;
  // The rules have looked at every member.
  const said = read.value as Partial<FailureOrder>;
  const { region = null, provider = null } = said;
  if (region !== null && provider !== null) {
    const reason = "stands beside region, one of the two allowed";
    return refuseFault(under("provider", fault("invalid_value", reason)));
  }
  return ok({ region, provider, fault: said.fault ?? "503", probability: said.probability ?? 1 });
}

/** No body means to reset. */
export function readFailureEnd(bytes: Buffer): Parsed<FailureEnd> {
  const read = readMembers(bytes, endRules);
  if (!read.ok) return read;
  // The rules have looked at every member.
  const said = read.value as Partial<FailureEnd>;
  return ok({ reset: said.reset ?? true });
}

/** The object that is the body, {} for none; a member without a rule is refused: it was meant. */
function readMembers(bytes: Buffer, rules: Readonly<Record<string, Rule>>): Parsed<JsonObject> {
  if (bytes.length === 0) return ok({});
  const read = readJson(bytes, new JsonScanner(Object.keys(rules)));
  if (!read.ok) return read;
  const { json } = read.value;
  if (!isObject(json)) return refuse("invalid_json", null, "Cannot read the body: no JSON object");
  const known = Object.keys(rules);
  const unknown = Object.keys(json).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const shown = JSON.stringify(unknown.slice(0, 64));
    const message = `Cannot accept the request: member ${shown} is none of ${known.join(", ")}`;
    return refuse("invalid_value", null, message);
  }
  const wrong = wrongMember(json, rules);
  return wrong === null ? ok(json) : refuseFault(wrong);
}

function wrongMember(json: JsonObject, rules: Readonly<Record<string, Rule>>): Fault | null {
  for (const [key, rule] of Object.entries(rules)) {
    const found = member(json, key, rule);
    if (found !== null) return found;
  }
  return null;
}
