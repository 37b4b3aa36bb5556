/** Facts that travel with a failure to the client. Never a prompt, a body or a secret. */
export interface FailureDetails {
  /** The request field at fault, as the client named it. */
  readonly param?: string;
  /** When trying again makes sense. */
  readonly retryAfterMs?: number;
  /** Overrides the table's answer to "should the client retry?" for this one case. */
  readonly retryable?: boolean;
  /** Numbers and names a client may read: limit, used, budgetType, resetsAt. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/**
 * The one error class. `code` names a row of a table that its owner keeps: the meaning, the HTTP
 * status and "retryable" stand there, never here.
 */
export class Failure<Code extends string = string> extends Error {
  override readonly name = "Failure";
  readonly code: Code;
  readonly details: FailureDetails;

  constructor(code: Code, message: string, details: FailureDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}
