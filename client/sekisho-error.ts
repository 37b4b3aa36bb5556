/** Why a request was refused, an answer broke off, or a session cannot be had. */
export class SekishoError extends Error {
  override readonly name = "SekishoError";
  /** As the gateway names it; some are the client's own. */
  readonly code: string;
  readonly retryAfterMs: number | null;

  constructor(
    code: string,
    message: string,
    { retryAfterMs = null, ...why }: ErrorOptions & { readonly retryAfterMs?: number | null } = {},
  ) {
    super(message, why);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
