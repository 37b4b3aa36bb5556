import OpenAI from "openai";
import type { SeenFailure } from "./contract-client.ts";

const classes: ReadonlyMap<number, string> = new Map([
  [400, "BadRequestError"],
  [401, "AuthenticationError"],
  [403, "PermissionDeniedError"],
  [404, "NotFoundError"],
  [409, "ConflictError"],
  [422, "UnprocessableEntityError"],
  [429, "RateLimitError"],
]);

/** The SDK's class for a status. */
export const openaiClass = (status: number): string =>
  classes.get(status) ?? (status >= 500 ? "InternalServerError" : "APIError");

/** What the SDK threw; everything that is no error of an API is thrown again. */
export function openaiFailure(error: unknown): SeenFailure {
  if (!(error instanceof OpenAI.APIError)) throw error;
  const { status, headers, code, message } = error;
  return {
    name: error.constructor.name,
    status: typeof status === "number" ? status : null,
    type: code ?? null,
    message,
    header: headers === undefined ? undefined : (name) => headers.get(name),
  };
}
