/** A request in the parts that a signature covers. */
export interface CanonicalParts {
  readonly method: string;
  /** As `canonicalPath` writes it. */
  readonly path: string;
  /** As `canonicalQuery` writes it. */
  readonly query: string;
  /** Lower-case names in the order in which they are signed. */
  readonly headerNames: readonly string[];
  /** As `canonicalValue` writes them, in the same order. */
  readonly headerValues: readonly string[];
  readonly bodySha256: string;
}

export function canonicalRequest(parts: CanonicalParts): string {
  const { method, path, query, headerNames, headerValues, bodySha256 } = parts;
  let headers = "";
  for (let index = 0; index < headerNames.length; index += 1) {
    headers += `${headerNames[index]}:${headerValues[index]}\n`;
  }
  return `${method}\n${path}\n${query}\n${headers}\n${headerNames.join(";")}\n${bodySha256}`;
}

const unreservedPath = /^[\w.~/-]*$/;
const oddSegment = /\/\/|\/\.\.?(?:\/|$)/;
const stillReserved = /[!'()*]/g;

const hexOf = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/** RFC 3986, section 2.3: all but the unreserved characters. */
const escape = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll(stillReserved, hexOf);

/**
 * The path of the wire, normalized and encoded once more: `%3A` becomes `%253A`. S3 alone signs
 * the path of the wire as it is.
 */
export function canonicalPath(wirePath: string, service: string): string {
  if (service === "s3") return wirePath;
  const path = oddSegment.test(wirePath) ? withoutDotSegments(wirePath) : wirePath;
  if (unreservedPath.test(path)) return path === "" ? "/" : path;
  return escape(path).replaceAll("%2F", "/");
}

function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const isFolder = kept.length > 0 && path.endsWith("/");
  return `/${kept.join("/")}${isFolder ? "/" : ""}`;
}

/** The parameters of a raw query, each encoded in one way, sorted by name and then by value. */
export function canonicalQuery(rawQuery: string): string {
  if (rawQuery === "") return "";
  const pairs: [name: string, value: string][] = [];
  for (const parameter of rawQuery.split("&")) {
    if (parameter === "") continue;
    const equals = parameter.indexOf("=");
    const name = equals === -1 ? parameter : parameter.slice(0, equals);
    const value = equals === -1 ? "" : parameter.slice(equals + 1);
    pairs.push([reencode(name), reencode(value)]);
  }
  pairs.sort(([nameA, valueA], [nameB, valueB]) => order(nameA, nameB) || order(valueA, valueB));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

const order = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

function reencode(text: string): string {
  const spaced = text.replaceAll("+", "%20");
  try {
    return escape(decodeURIComponent(spaced));
  } catch {
    // No percent-encoding of UTF-8: what stands there is taken for itself.
    return escape(spaced);
  }
}

const oddSpace = /^ | $| {2}|\t/;
const outerSpace = /^[ \t]+|[ \t]+$/g;
const innerSpaces = /[ \t]{2,}|\t/g;

/** A header's value with its white space made one. Nearly all are so already. */
export const canonicalValue = (value: string): string =>
  oddSpace.test(value) ? value.replaceAll(outerSpace, "").replaceAll(innerSpaces, " ") : value;
