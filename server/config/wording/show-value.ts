import { type ConfigPath, formatPath } from "../config-path.ts";

const shownLength = 60;

const secretKey = /secret|apikey|bearer|password|credential|token$/i;
/** Is what stands under this key kept from being shown? */
export const isSecretKey = (key: string | number): boolean =>
  typeof key === "string" && secretKey.test(key);

const secretText = /^(?:(?:sk|ska|pk|rk)[-_]|AKIA|ASIA|ghp_|gho_|xox|Bearer )/;

const userInUrl = /\/\/[^/@]*@/;

/**
 * A value as an error may show it. Texts are cut; texts that named variables are shown as they were
 * written; what stands where a secret belongs, or looks like one, is not shown (SEC-9).
 */
export function showValue(
  path: ConfigPath,
  value: unknown,
  written: ReadonlyMap<string, string>,
): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  const named = written.get(formatPath(path));
  // A variable's number may be somebody's code.
  if (typeof value !== "string" && named === undefined) return String(value);
  const text = named ?? String(value);
  const isSecret = path.some(isSecretKey);
  if (isSecret || secretText.test(text) || secretText.test(String(value))) return "a hidden text";
  const safe = text.replace(userInUrl, "//…@");
  return JSON.stringify(safe.length > shownLength ? `${safe.slice(0, shownLength)}…` : safe);
}
