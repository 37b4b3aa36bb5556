import { type ConfigPath, formatPath } from "../config-path.ts";
import { isMap, type JsonMap, valueAt } from "../schema/schema-walk.ts";

/** Each makes a name of `models` what it is. */
const forms: readonly string[] = ["targets", "chain", "choose", "split", "passThrough"];

/** What to say of a key that makes a model a second thing; null where it is none. */
export function contradiction(path: ConfigPath, tree: JsonMap): string | null {
  const [section, , form] = path;
  if (section !== "models" || path.length !== 3 || !forms.includes(String(form))) return null;
  const model = valueAt(tree, path.slice(0, 2));
  const other = isMap(model) ? forms.find((each) => each !== form && each in model) : undefined;
  if (other === undefined) return null;
  const both = [String(form), other].toSorted().join(" and ");
  return `${formatPath(path.slice(0, 2))}: ${both} exclude each other`;
}
