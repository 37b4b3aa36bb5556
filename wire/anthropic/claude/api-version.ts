import type { HeaderReader } from "../../canonical/codec.ts";
import { ok, refuse, type Parsed } from "../../result.ts";

/** Values of `anthropic-version`. */
export const apiVersions = ["2023-06-01", "2026-10-21"] as const;
export type ApiVersion = (typeof apiVersions)[number];

/** What a client means that names none. */
const unnamed: ApiVersion = "2023-06-01";

/** The version of the API whose rules a client's request was written to. */
export function readApiVersion(header: HeaderReader): Parsed<ApiVersion, "invalid_value"> {
  const value = header("anthropic-version")?.trim() ?? "";
  if (value === "") return ok(unnamed);
  const version = apiVersions.find((known) => known === value);
  return version === undefined
    ? refuse(
        "invalid_value",
        "anthropic-version",
        `Cannot read the header "anthropic-version": one of ${apiVersions.join(", ")} expected`,
      )
    : ok(version);
}
