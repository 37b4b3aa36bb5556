import { isObject, type JsonObject } from "../field-rules.ts";

/** What a package threw, as far as anybody goes by it. */
export interface SaidError {
  readonly name: string;
  readonly message: string;
  /** The provider's HTTP status, where there was an answer. */
  readonly status: number | null;
  readonly isRetryable: boolean;
  /** The body of the provider's answer as it came. */
  readonly body: string | null;
  /** The provider's error as the package parsed it. */
  readonly data: JsonObject | null;
}

/** The larger ones say no more. */
const maxBodyChars = 64 * 1024;

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

const statusOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isInteger(value) && value >= 100 && value <= 599
    ? value
    : null;

/** Of an error, or of whatever else was thrown; of what `describeError` made, it is the same. */
export function describeError(thrown: unknown): SaidError {
  if (typeof thrown === "string") return { ...silent, message: thrown };
  // Members of errors are not enumerable, so they are asked for by name.
  if (typeof thrown !== "object" || thrown === null) return silent;
  const member = (key: string): unknown => Reflect.get(thrown, key);
  const body = textOf(member("responseBody") ?? member("body"));
  const data = member("data");
  return {
    name: textOf(member("name")),
    message: textOf(member("message")),
    status: statusOf(member("statusCode") ?? member("status")),
    isRetryable: member("isRetryable") === true,
    body: body === "" ? null : body.slice(0, maxBodyChars),
    data: isObject(data) ? data : wordsOf(thrown),
  };
}

const silent: SaidError = {
  name: "",
  message: "",
  status: null,
  isRetryable: false,
  body: null,
  data: null,
};

/** Some packages hand a provider's error on as they parsed it. */
function wordsOf(thrown: object): JsonObject | null {
  if (thrown instanceof Error || !isObject(thrown)) return null;
  return "type" in thrown || "code" in thrown || "error" in thrown ? thrown : null;
}
