import { Failure } from "../failure/failure.ts";
import { cut, textOf } from "./safe-text.ts";

/** What a log line says of something that was thrown. */
export interface LoggedError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly cause: LoggedError | null;
}

const maxMessageLength = 512;
const maxStackLength = 2_048;

/** A chain of causes may be a ring. */
const maxCauses = 3;

export const loggedError = (error: unknown, causesLeft: number = maxCauses): LoggedError => {
  if (!(error instanceof Error)) {
    const message = cut(textOf(error), maxMessageLength);
    return { name: typeof error, message, code: null, cause: null };
  }
  const hasCause = error.cause !== undefined && causesLeft > 0;
  return {
    name: error.name,
    message: cut(error.message, maxMessageLength),
    code: "code" in error && typeof error.code === "string" ? error.code : null,
    cause: hasCause ? loggedError(error.cause, causesLeft - 1) : null,
  };
};

/** Null for a `Failure`: it is foreseen and says all in its message. */
export const loggedStack = (error: unknown): string | null =>
  error instanceof Error && !(error instanceof Failure) && error.stack !== undefined
    ? cut(error.stack, maxStackLength)
    : null;
