import { Failure } from "../../failure/failure.ts";
import type { UpstreamFailureCode } from "../upstream.ts";

const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : error.name;

const isParserError = (error: Error): boolean => error.name === "HTTPParserError";

/** The connection ended where more had to come. undici gives its parser's errors no code. */
const isCutParse = (error: Error): boolean =>
  isParserError(error) && error.message.includes("Invalid EOF state");

const isMalformed = (error: Error): boolean =>
  (isParserError(error) && !isCutParse(error)) || codeOf(error) === "UND_ERR_HEADERS_OVERFLOW";

/** What went wrong before a byte of the request was written. */
export const connectFailure = (error: Error): Failure<UpstreamFailureCode> => {
  const code = codeOf(error);
  const isLate = code === "UND_ERR_CONNECT_TIMEOUT" || code === "ETIMEDOUT";
  return new Failure(
    isLate ? "connect_timeout" : "connect_failed",
    `Cannot connect to the upstream: ${code}`,
    {},
    error,
  );
};

/** What went wrong after the request was handed to a connection. */
export const exchangeFailure = (error: Error): Failure<UpstreamFailureCode> => {
  const code = codeOf(error);
  // No cause from the parser: its errors carry the bytes it stumbled over.
  const cause = isParserError(error) ? undefined : error;
  return isMalformed(error)
    ? new Failure("upstream_malformed", `Cannot read the upstream's answer: ${code}`, {}, cause)
    : new Failure(
        "upstream_cut",
        `Cannot read the upstream's answer to its end: ${code}`,
        {},
        cause,
      );
};

export const aborted = (): Failure<UpstreamFailureCode> =>
  new Failure("aborted", "The upstream call was aborted");
