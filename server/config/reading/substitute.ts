import { type ConfigPath, formatPath } from "../config-path.ts";
import { mapLeaves, type JsonMap } from "../schema/schema-walk.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** A fault of one text: the sentence goes on after its path. */
export interface SubstitutionFault {
  readonly path: ConfigPath;
  readonly message: string;
}

export interface Substituted {
  readonly tree: JsonMap;
  /** Texts that named variables, as they were written, by formatted path. */
  readonly written: ReadonlyMap<string, string>;
  readonly faults: readonly SubstitutionFault[];
}

/** `$${` stands for `${` itself. */
const reference = /\$\$\{|\$\{(?:(?<name>[A-Za-z_]\w*)(?::-(?<fallback>[^}]*))?\})?/g;

/** Replaces `${NAME}` and `${NAME:-default}` in every text. An empty variable counts as unset. */
export function substitute(tree: JsonMap, variables: Variables): Substituted {
  const written = new Map<string, string>();
  const faults: SubstitutionFault[] = [];
  const replaced = mapLeaves({ path: [], value: tree, schema: null }, ({ path, value }) => {
    if (typeof value !== "string" || !value.includes("${")) return value;
    written.set(formatPath(path), value);
    return value.replaceAll(reference, (...match) => {
      // The expression has two groups, and the offset follows them.
      const [whole, name, fallback] = match as [string, string | undefined, string | undefined];
      if (whole === "$${") return "${";
      if (name === undefined) {
        faults.push({ path, message: "holds a `${` that is neither ${NAME} nor ${NAME:-default}" });
        return "";
      }
      const found = variables[name] || fallback;
      if (found === undefined) {
        const remedy = `\${${name}:-…} gives it a default`;
        faults.push({ path, message: `names the variable ${name}, which is not set; ${remedy}` });
      }
      return found ?? "";
    });
  });
  // `replace` keeps maps maps, and the tree is one.
  return { tree: replaced as JsonMap, written, faults };
}
