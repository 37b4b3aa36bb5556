import {
  tightest,
  type RateKind,
  type RateLevel,
  type RatePolicy,
} from "./canonical/rate-level.ts";

/** How the draft names what is counted; it has no word of its own for tokens. */
const units: Readonly<Record<RateKind, string>> = {
  requests: "",
  tokens: ';qu="tokens"',
  concurrent: ';qu="concurrent-requests"',
};

/** Written once for each policy: most answers repeat it. */
const written = new WeakMap<RatePolicy, string>();

function policyText(policy: RatePolicy): string {
  const known = written.get(policy);
  if (known !== undefined) return known;
  const { name, kind, limit, windowMs } = policy;
  const window = windowMs === null ? "" : `;w=${Math.max(1, Math.ceil(windowMs / 1_000))}`;
  const text = `"${name}";q=${limit}${units[kind]}${window}`;
  written.set(policy, text);
  return text;
}

/** Whole seconds until all of it is there again, or until any of it is, where nothing remains. */
const resetSeconds = ({ remaining, fullInMs, nextInMs }: RateLevel): number =>
  Math.ceil((remaining > 0 ? fullInMs : nextInMs) / 1_000);

/**
 * Flat: the fields `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11
 * with each rate of the caller, and the three of its drafts up to -06, which most clients read,
 * with the tightest one in requests. Nothing where there is no rate.
 */
export function rateFields(levels: readonly RateLevel[]): string[] {
  if (levels.length === 0) return [];
  let policies = "";
  let limits = "";
  for (const level of levels) {
    const separator = policies === "" ? "" : ", ";
    policies += separator + policyText(level.policy);
    const { policy, remaining } = level;
    const reset = policy.windowMs === null ? "" : `;t=${resetSeconds(level)}`;
    limits += `${separator}"${policy.name}";r=${remaining}${reset}`;
  }
  const fields = ["ratelimit-policy", policies, "ratelimit", limits];
  const requests = tightest(levels, "requests");
  if (requests === null) return fields;
  fields.push("ratelimit-limit", String(requests.policy.limit));
  fields.push("ratelimit-remaining", String(requests.remaining));
  fields.push("ratelimit-reset", String(resetSeconds(requests)));
  return fields;
}
