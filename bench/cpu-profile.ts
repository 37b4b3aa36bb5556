/** The parts of a V8 .cpuprofile that are read here. Times in microseconds, monotonic. */
export interface CpuProfile {
  readonly startTime: number;
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
  };
  readonly children?: readonly number[];
}

export interface FunctionCost {
  readonly name: string;
  /** `lib/http/exchange.ts:12`, `node:net:800`, or empty for V8 and native code. */
  readonly place: string;
  selfMicros: number;
  /** With everything it called; recursion counts once. */
  totalMicros: number;
}

export interface ProfileSpan {
  readonly fromMicros: number;
  readonly untilMicros: number;
}

/** What each function cost within `span`, dearest self time first, idle time left out. */
export function functionCosts(
  profile: CpuProfile,
  root: string,
  span: ProfileSpan,
): FunctionCost[] {
  const selfById = selfTimes(profile, span);
  const costs = new Map<string, FunctionCost>();
  const costById = new Map<number, FunctionCost>();
  for (const { id, callFrame } of profile.nodes) {
    const place = placeOf(callFrame, root);
    const name = callFrame.functionName || "(anonymous)";
    const key = `${name} ${place}`;
    let cost = costs.get(key);
    if (cost === undefined) {
      cost = { name, place, selfMicros: 0, totalMicros: 0 };
      costs.set(key, cost);
    }
    cost.selfMicros += selfById.get(id) ?? 0;
    costById.set(id, cost);
  }
  addTotals(profile, selfById, costById);
  return [...costs.values()]
    .filter(({ name, totalMicros }) => totalMicros > 0 && name !== "(idle)" && name !== "(root)")
    .sort((a, b) => b.selfMicros - a.selfMicros);
}

/** A sample stands for the time until the next one. */
function selfTimes(profile: CpuProfile, span: ProfileSpan): Map<number, number> {
  const self = new Map<number, number>();
  let at = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    at += profile.timeDeltas[index] ?? 0;
    if (at < span.fromMicros || at >= span.untilMicros) continue;
    self.set(id, (self.get(id) ?? 0) + (profile.timeDeltas[index + 1] ?? 0));
  }
  return self;
}

function addTotals(
  profile: CpuProfile,
  selfById: ReadonlyMap<number, number>,
  costById: ReadonlyMap<number, FunctionCost>,
): void {
  const parents = new Map<number, number>();
  for (const { id, children } of profile.nodes) {
    for (const child of children ?? []) parents.set(child, id);
  }
  for (const [id, self] of selfById) {
    const onPath = new Set<FunctionCost>();
    for (let node: number | undefined = id; node !== undefined; node = parents.get(node)) {
      const cost = costById.get(node);
      if (cost === undefined || onPath.has(cost)) continue;
      onPath.add(cost);
      cost.totalMicros += self;
    }
  }
}

function placeOf(frame: ProfileNode["callFrame"], root: string): string {
  if (frame.url === "") return "";
  const path = frame.url.replace(/^file:\/\//, "");
  const modules = path.lastIndexOf("/node_modules/");
  const shown =
    modules >= 0
      ? path.slice(modules + "/node_modules/".length)
      : path.startsWith(`${root}/`)
        ? path.slice(root.length + 1)
        : path;
  return `${shown}:${frame.lineNumber + 1}`;
}

const fromV8: ReadonlySet<string> = new Set(["(program)", "(garbage collector)"]);

/** The room a function is in: `lib/http`, `undici`, `node:internal/streams`, `native`. */
export function areaOf({ name, place }: FunctionCost): string {
  if (place === "") return fromV8.has(name) ? name : "native";
  const path = place.replace(/:\d+$/, "");
  const parts = path.split("/");
  if (path.startsWith("node:")) return parts.slice(0, 2).join("/");
  if (parts.length === 1) return path;
  if (path.startsWith("undici/")) return "undici";
  if (path.startsWith("@")) return parts.slice(0, 2).join("/");
  return parts.slice(0, Math.min(2, parts.length - 1)).join("/");
}
