import { Failure } from "@sekisho/lib/failure/failure.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";

/** A code of the table in docs/errors.md. */
export type ErrorCode = Code;

/** Why the gateway did not do what it was asked. */
export class SekishoError extends Error {
  override readonly name = "SekishoError";
  readonly code: ErrorCode;
  /** May the same call succeed when it is made again? */
  readonly retryable: boolean;
  /** When trying again makes sense; null when nobody knows. */
  readonly retryAfterMs: number | null;
  /** The option at fault; null when none is. */
  readonly param: string | null;
  /** Of a budget: what it holds, in nano-USD or tokens. Null for what has no limit. */
  readonly limit: number | null;
  /** Of a budget: what of it is spent. */
  readonly used: number | null;
  /** All that the refusal tells: `budgetType`, `limit`, `used`, `reserved`, `resetsAt`. */
  readonly facts: Readonly<Record<string, string | number>>;
  /** Under which the call stands in the log and the ledger; null for what was no call. */
  readonly requestId: string | null;

  constructor({ code, message, details, cause }: Failure<ErrorCode>, requestId: string | null) {
    super(message, cause === undefined ? undefined : { cause });
    const { retryable, retryAfterMs, param, facts = {} } = details;
    this.code = code;
    this.retryable = retryable ?? codes[code].retryable;
    this.retryAfterMs = retryAfterMs ?? null;
    this.param = param ?? null;
    this.limit = numberOrNull(facts["limit"]);
    this.used = numberOrNull(facts["used"]);
    this.facts = facts;
    this.requestId = requestId;
  }
}

/**
 * The same for whatever was thrown while the gateway was made: its owner reads every message, also
 * those that have no code of the table.
 */
export function creationError(error: unknown): SekishoError {
  if (error instanceof SekishoError) return error;
  const code = error instanceof Failure && isCode(error.code) ? error.code : "internal";
  const said = error instanceof Error ? error.message : String(error);
  // Nobody wrote lines: the configuration is an object.
  const why = said
    .replace(/^Cannot use the configuration: /, "")
    .replaceAll(/^the configuration:\d+: /gm, "");
  const details = error instanceof Failure ? error.details : {};
  const message = `Cannot create the gateway: ${why}`;
  return new SekishoError(new Failure<Code>(code, message, details, error), null);
}

/** A Failure of the gateway as programs are told of it; what is none stays what it is. */
export const callError = (error: unknown): unknown =>
  error instanceof Failure && isCode(error.code)
    ? // The guard has narrowed the code, not the class.
      new SekishoError(error as Failure<Code>, null)
    : error;

const isCode = (code: string): code is Code => Object.hasOwn(codes, code);

const numberOrNull = (fact: string | number | undefined): number | null =>
  typeof fact === "number" ? fact : null;
