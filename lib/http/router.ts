/** `path` is made of literal segments and of `{name}`, which stands for one whole segment. */
export interface Route<T> {
  readonly method: string;
  readonly path: string;
  readonly value: T;
}

export type PathParameters = Readonly<Record<string, string>>;

export type RouteMatch<T> =
  | { readonly kind: "found"; readonly value: T; readonly parameters: PathParameters }
  | { readonly kind: "not_found" }
  | { readonly kind: "method_not_allowed"; readonly allow: readonly string[] };

/** What is served under one path. */
interface Resource<T> {
  readonly path: string;
  readonly names: readonly string[];
  readonly methods: Map<string, T>;
}

/** One segment of the paths with parameters. */
interface TreeNode<T> {
  readonly literals: Map<string, TreeNode<T>>;
  parameter: TreeNode<T> | null;
  resource: Resource<T> | null;
}

const makeNode = <T>(): TreeNode<T> => ({ literals: new Map(), parameter: null, resource: null });

const noParameters: PathParameters = {};
const notFound = { kind: "not_found" } as const;

/**
 * Finds what is served under a path. Paths are compared as they stand on the wire and split at "/"
 * before anything is decoded; a parameter is then percent-decoded exactly once, so that `%2F` in it
 * never splits a segment (WIR-4). A literal segment wins over a parameter. What answers GET answers
 * HEAD as well.
 */
export class Router<T> {
  readonly #fixed = new Map<string, Resource<T>>();
  readonly #root = makeNode<T>();

  /** Throws when a path is malformed or a method is given twice for one path. */
  constructor(routes: readonly Route<T>[]) {
    for (const route of routes) this.#add(route);
  }

  match(method: string, path: string): RouteMatch<T> {
    const fixed = this.#fixed.get(path);
    if (fixed !== undefined) return answer(fixed, method, noParameters);
    if (this.#root.literals.size === 0 && this.#root.parameter === null) return notFound;
    const values: string[] = [];
    const resource = find(this.#root, path, values);
    if (resource === null) return notFound;
    const parameters = decodeAll(resource.names, values);
    return parameters === null ? notFound : answer(resource, method, parameters);
  }

  #add(route: Route<T>): void {
    const names = parameterNames(route.path);
    const resource = this.#resourceOf(route.path, names);
    const isSame = resource.names.join() === names.join();
    if (!isSame || resource.methods.has(route.method)) {
      const known = `${[...resource.methods.keys()].join(", ")} ${resource.path}`;
      throw new Error(
        `Cannot add the route ${route.method} ${route.path}: it clashes with ${known}`,
      );
    }
    resource.methods.set(route.method, route.value);
  }

  #resourceOf(path: string, names: readonly string[]): Resource<T> {
    const fresh = { path, names, methods: new Map<string, T>() };
    if (names.length === 0) {
      const resource = this.#fixed.get(path) ?? fresh;
      this.#fixed.set(path, resource);
      return resource;
    }
    const node = path.slice(1).split("/").reduce(childOf, this.#root);
    node.resource ??= fresh;
    return node.resource;
  }
}

const childOf = <T>(node: TreeNode<T>, segment: string): TreeNode<T> => {
  if (isParameter(segment)) return (node.parameter ??= makeNode());
  const child = node.literals.get(segment) ?? makeNode();
  node.literals.set(segment, child);
  return child;
};

const isParameter = (segment: string): boolean => segment.startsWith("{") && segment.endsWith("}");

const parameterNames = (path: string): string[] => {
  const segments = path.split("/");
  const names = segments.filter(isParameter).map((segment) => segment.slice(1, -1));
  const rest = segments.filter((segment) => !isParameter(segment)).join("/");
  const isWellFormed =
    path.startsWith("/") &&
    !rest.includes("{") &&
    !rest.includes("}") &&
    !names.includes("") &&
    new Set(names).size === names.length;
  if (!isWellFormed) throw new Error(`Cannot add the route ${path}: its path is malformed`);
  return names;
};

/** `rest` starts with "/". `values` receives the raw segments that parameters stand for. */
const find = <T>(node: TreeNode<T>, rest: string, values: string[]): Resource<T> | null => {
  if (rest === "") return node.resource;
  const end = rest.indexOf("/", 1);
  const segment = end === -1 ? rest.slice(1) : rest.slice(1, end);
  const after = end === -1 ? "" : rest.slice(end);
  const literal = node.literals.get(segment);
  const found = literal === undefined ? null : find(literal, after, values);
  if (found !== null || node.parameter === null || segment === "") return found;
  values.push(segment);
  const below = find(node.parameter, after, values);
  if (below === null) values.pop();
  return below;
};

const answer = <T>(
  resource: Resource<T>,
  method: string,
  parameters: PathParameters,
): RouteMatch<T> => {
  const { methods } = resource;
  const value = methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined);
  if (value !== undefined) return { kind: "found", value, parameters };
  return { kind: "method_not_allowed", allow: [...methods.keys()] };
};

/** Null when a value is not UTF-8 in percent-encoding: no object has such a name. */
const decodeAll = (names: readonly string[], values: readonly string[]): PathParameters | null => {
  const parameters: Record<string, string> = {};
  for (const [n, name] of names.entries()) {
    const decoded = decode(values[n] ?? "");
    if (decoded === null) return null;
    parameters[name] = decoded;
  }
  return parameters;
};

const decode = (segment: string): string | null => {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};
