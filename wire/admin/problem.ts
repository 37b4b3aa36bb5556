import { codes, type Code } from "../canonical/codes.data.ts";

/** The media type of every error on our own REST surfaces. */
export const problemContentType = "application/problem+json";

/** RFC 9457 problem details. `code` is the stable part; `detail` is for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: Code;
  readonly requestId: string;
  /** The field or parameter at fault, as the client named it. */
  readonly param?: string;
  /** May the same request succeed if it is sent again? */
  readonly retryable: boolean;
}

export interface ProblemFacts {
  readonly detail: string;
  readonly requestId: string;
  readonly param?: string | undefined;
}

/** What the table of codes and this one case say together. */
export function problemOf(code: Code, { detail, requestId, param }: ProblemFacts): Problem {
  const { status, meaning, retryable } = codes[code];
  const problem = { type: `urn:sekisho:error:${code}`, title: meaning, status, detail, code };
  return { ...problem, requestId, ...(param === undefined ? {} : { param }), retryable };
}

/** A problem as another process sent it; null for any other JSON. */
export function readProblem(value: unknown): Problem | null {
  if (typeof value !== "object" || value === null) return null;
  if (!("code" in value) || typeof value.code !== "string") return null;
  if (!Object.hasOwn(codes, value.code)) return null;
  // Just found among the table's own keys.
  const code = value.code as Code;
  const detail = "detail" in value && typeof value.detail === "string" ? value.detail : "";
  const requestId =
    "requestId" in value && typeof value.requestId === "string" ? value.requestId : "";
  const param = "param" in value && typeof value.param === "string" ? value.param : undefined;
  return problemOf(code, { detail, requestId, param });
}
