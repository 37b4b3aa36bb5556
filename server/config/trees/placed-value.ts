import type { ConfigPath } from "../config-path.ts";
import { isMap } from "../schema/schema-walk.ts";

/**
 * A copy of `tree` with one value set; `undefined` takes a key out. Maps on the way are made, lists
 * must be there.
 */
export function placedValue(tree: unknown, path: ConfigPath, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(tree) && typeof key === "number") {
    return tree.with(key, placedValue(tree[key], rest, value));
  }
  const map = isMap(tree) ? tree : {};
  const child = map[key];
  if (value === undefined && rest.length === 0) {
    return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
  }
  // What is not there cannot be taken out, and its parents are not made for it.
  if (value === undefined && typeof child !== "object") return tree;
  return { ...map, [key]: placedValue(child, rest, value) };
}
