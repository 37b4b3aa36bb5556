/** Where a value stands in the configuration: keys of maps and positions in lists. */
export type ConfigPath = readonly (string | number)[];

const plainKey = /^[\w*-]+$/;

/** `models.fast.targets[0].model`; keys that would be misread are quoted: `models["mock.*"]`. */
export function formatPath(path: ConfigPath): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else if (!plainKey.test(segment)) text += `[${JSON.stringify(segment)}]`;
    else text += text === "" ? segment : `.${segment}`;
  }
  return text;
}

const segment =
  /(?:^|\.)(?<key>[\w*-]+)|\[(?<position>0|[1-9]\d{0,8})\]|\[(?<quoted>"(?:[^"\\]|\\.)*")\]/y;

/** The inverse of `formatPath`. Null when the text is no path. */
export function parsePath(text: string): ConfigPath | null {
  const path: (string | number)[] = [];
  segment.lastIndex = 0;
  while (segment.lastIndex < text.length) {
    const groups = segment.exec(text)?.groups;
    if (groups === undefined) return null;
    const { key, position, quoted } = groups;
    if (key !== undefined) path.push(key);
    else if (position !== undefined) path.push(Number(position));
    else {
      const name = unquote(quoted ?? "");
      if (name === null) return null;
      path.push(name);
    }
  }
  return path.length > 0 ? path : null;
}

function unquote(quoted: string): string | null {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}

/** Does `path` stand at `prefix` or below it? */
export const isBelow = (path: ConfigPath, prefix: ConfigPath): boolean =>
  prefix.length <= path.length && prefix.every((each, index) => path[index] === each);
