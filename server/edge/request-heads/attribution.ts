import type { SaidMidStream } from "@sekisho/gateway/arrival.ts";
import type { Attribution } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { criticalities, type Criticality } from "@sekisho/wire/criticality.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { refusedHeader } from "./refused-header.ts";

/**
 * Ids of users, sessions and agents: visible ASCII, so that they fit a header, a log and a label.
 */
export const idShape = /^[\x21-\x7e]{1,128}$/;

/** The public input headers that say whom a call is for (WIR-12, WIR-14). Throws Failure. */
export function attributionOf(head: RequestHead): Attribution {
  return {
    user: idHeader(head, "x-sekisho-user"),
    session: idHeader(head, "x-sekisho-session"),
    agent: idHeader(head, "x-sekisho-agent"),
    rule: idHeader(head, "x-sekisho-rule"),
  };
}

/** The deadline that a client may set itself, in milliseconds (RTE-10). Throws Failure. */
export function requestTimeoutMs(head: RequestHead): number | null {
  const name = "x-sekisho-request-timeout-ms";
  const text = head.header(name);
  if (text === undefined) return null;
  const value = /^\d{1,8}$/.test(text) ? Number(text) : NaN;
  if (value >= 100 && value <= 86_400_000) return value;
  throw refusedHeader(name, text, "a whole number from 100 to 86400000");
}

/** How much depends on a call (RTE-17); null when its client does not say. Throws Failure. */
export function criticalityOf(head: RequestHead): Criticality | null {
  const name = "x-sekisho-criticality";
  const text = head.header(name);
  if (text === undefined) return null;
  const found = criticalities.find((each) => each === text);
  if (found !== undefined) return found;
  throw refusedHeader(name, text, `one of ${criticalities.join(", ")}`);
}

/** What is to become of an answer that breaks off (RTE-12); null without a word. Throws Failure. */
export function midStreamOf(head: RequestHead): SaidMidStream | null {
  const name = "x-sekisho-mid-stream";
  const text = head.header(name);
  if (text === undefined) return null;
  if (text === "continue" || text === "error") return text;
  throw refusedHeader(name, text, '"continue" or "error"');
}

function idHeader(head: RequestHead, name: string): string | null {
  const text = head.header(name);
  if (text === undefined) return null;
  if (idShape.test(text)) return text;
  // Repeated ones come joined by a comma and a blank, which no id has.
  const isRepeated = head.headerNames().filter((each) => each === name).length > 1;
  const why = isRepeated ? "it stands twice" : "it is not 1 to 128 visible ASCII characters";
  throw new Failure<Code>("invalid_value", `Cannot read header ${name}: ${why}`, { param: name });
}
