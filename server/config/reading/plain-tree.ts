import { type ConfigPath, formatPath } from "../config-path.ts";
import { isMap } from "../schema/schema-walk.ts";
import type { Finding } from "../problem.ts";

const maxDepth = 32;

/** What keeps a tree from being walked: nesting without end, and keys that objects do not keep. */
export function plainTreeFaults(value: unknown, path: ConfigPath): Finding[] {
  if (typeof value !== "object" || value === null) return [];
  if (path.length >= maxDepth) {
    const top = formatPath(path.slice(0, 1));
    return [{ path: path.slice(0, 1), sentence: `${top} is nested more than ${maxDepth} deep` }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((child, at) => plainTreeFaults(child, [...path, at]));
  }
  if (!isMap(value)) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const here = [...path, key];
    return key === "__proto__"
      ? [{ path: here, sentence: `${formatPath(here)} is not a key that a map may have` }]
      : plainTreeFaults(child, here);
  });
}
