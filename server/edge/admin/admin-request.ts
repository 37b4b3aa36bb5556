import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { PathParameters } from "@sekisho/lib/http/router.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { JsonScanner } from "@sekisho/wire/framing/json-scan.ts";
import type { Permission } from "@sekisho/wire/admin/permissions.data.ts";
import type { Staff } from "@sekisho/wire/admin/staff.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { AdminContext } from "./admin-context.ts";
import type { AdminSession } from "./signing-in/sessions.ts";

const maxBodyBytes = 1024 * 1024;

/** No field of any admin body may stand twice. */
const scanner = new JsonScanner([
  "tenant",
  "team",
  "role",
  "name",
  "models",
  "surfaces",
  "criticality",
  "requestBudget",
  "streamGraceMs",
  "budgetStatus",
  "tags",
  "aws",
  "graceMs",
  "addresses",
  "expiresInMs",
  "origins",
  "value",
  "remove",
  "command",
  "arm",
  "weights",
  "phase",
  "model",
  "surface",
  "body",
  "headers",
  "key",
  "user",
  "session",
  "scope",
  "window",
  "action",
  "limits",
  "usd",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "alerts",
]);

/** One request whose route is known, and nothing else. */
export interface OpenRequest {
  readonly exchange: Exchange;
  readonly parameters: PathParameters;
  readonly requestId: string;
}

/** One request of an administrator: route, credential and permission are checked already. */
export interface AdminRequest extends OpenRequest {
  /** The id of the admin key, or `oidc:<issuer>:<user>`. */
  readonly by: string;
  /** What its sender may do, and where. */
  readonly staff: Staff;
  readonly session: AdminSession | null;
  /** Is its sender still an administrator? */
  readonly isGood: () => boolean;
}

export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Flat, beside those of every answer. */
  readonly headers?: readonly string[];
}

/** One endpoint; null when it answers by itself. Throws Failure with a code of the table. */
export type AdminEndpoint = (
  request: AdminRequest,
  context: AdminContext,
) => Promise<AdminAnswer | null>;

/** One that strangers may ask. */
export type OpenEndpoint = (request: OpenRequest, context: AdminContext) => Promise<AdminAnswer>;

export type AdminRoute = {
  /** `none`: a parameter is refused before the endpoint is asked; `own`: the endpoint does it. */
  readonly query: "none" | "own";
} & (
  | { readonly access: Permission; readonly endpoint: AdminEndpoint }
  | { readonly access: "open"; readonly endpoint: OpenEndpoint }
);

/** The value a parser read. Throws its refusal as a Failure. */
export function parsed<T>(result: Parsed<T>): T {
  if (result.ok) return result.value;
  const details = result.path === null ? {} : { param: result.path };
  throw new Failure<Code>(result.code, result.message, details);
}

/** The body as JSON, undefined when there is none. Throws Failure. */
export async function jsonBody(
  { exchange }: OpenRequest,
  limitBytes: number = maxBodyBytes,
): Promise<unknown> {
  const bytes = await exchange.body(limitBytes);
  if (bytes.length === 0) return undefined;
  parsed(scanner.scan(bytes));
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    // Without the cause: a JSON error quotes the body.
    throw new Failure<Code>("invalid_json", "Cannot read the body: it is not valid JSON");
  }
}
