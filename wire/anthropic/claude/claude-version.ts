/** What a model's id tells of a Claude model. */
export interface ClaudeVersion {
  readonly major: number;
  readonly minor: number;
}

/** An id without a number is that of a preview, or of "the latest": newer than all others. */
const newest: ClaudeVersion = { major: Infinity, minor: 0 };

const version = /\bclaude-(?:[a-z]+-)*?v?(?<major>\d{1,2})(?!\d)(?:[-.](?<minor>\d{1,2})(?!\d))?/;

/**
 * `claude-opus-4-7` in any spelling (`claude-3-5-sonnet-…`, `us.anthropic.claude-…-v1:0`,
 * `claude-…@20250929`); null for a model that is no Claude.
 */
export function claudeVersion(model: string): ClaudeVersion | null {
  if (!/\bclaude\b/.test(model)) return null;
  const groups = version.exec(model)?.groups;
  if (groups === undefined) return newest;
  return { major: Number(groups["major"]), minor: Number(groups["minor"] ?? 0) };
}

/** False for models that are no Claude. */
export function isClaudeFrom(model: string, { major, minor }: ClaudeVersion): boolean {
  const found = claudeVersion(model);
  if (found === null) return false;
  return found.major > major || (found.major === major && found.minor >= minor);
}
