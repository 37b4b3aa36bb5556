/** What one check found. `advice`: what to do about it; null when all is well. */
export interface Finding {
  readonly check: string;
  readonly level: "ok" | "warn" | "fail";
  readonly says: string;
  readonly advice: string | null;
}

export const ok = (check: string, says: string): Finding => ({
  check,
  level: "ok",
  says,
  advice: null,
});

export const warn = (check: string, says: string, advice: string): Finding => ({
  check,
  level: "warn",
  says,
  advice,
});

export const fail = (check: string, says: string, advice: string): Finding => ({
  check,
  level: "fail",
  says,
  advice,
});
