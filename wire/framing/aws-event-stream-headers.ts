/** A header's value; every type of the format is read, only strings are written. */
export type AwsEventStreamHeader =
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "byte" | "short" | "integer"; readonly value: number }
  | { readonly type: "long" | "timestamp"; readonly value: bigint }
  | { readonly type: "binary"; readonly value: Buffer }
  | { readonly type: "string" | "uuid"; readonly value: string };

export type AwsEventStreamHeaders = ReadonlyMap<string, AwsEventStreamHeader>;

/** Bytes of a value by its type's number; of binaries and strings, those of its length. */
const valueBytes: readonly number[] = [0, 0, 1, 2, 4, 8, 2, 2, 8, 16];
const binaryType = 6;
const stringType = 7;

/** Null when what stands there is no list of headers that ends at `end`. */
export function readAwsEventStreamHeaders(
  bytes: Buffer,
  start: number,
  end: number,
): AwsEventStreamHeaders | null {
  const headers = new Map<string, AwsEventStreamHeader>();
  let at = start;
  while (at < end) {
    const nameStart = at + 1;
    const typeAt = nameStart + (bytes[at] ?? 0);
    const type = bytes[typeAt] ?? -1;
    const fixed = valueBytes[type];
    let valueStart = typeAt + 1;
    if (fixed === undefined || valueStart + fixed > end) return null;
    let valueEnd = valueStart + fixed;
    if (type === binaryType || type === stringType) {
      valueStart = valueEnd;
      valueEnd += bytes.readUInt16BE(valueStart - 2);
      if (valueEnd > end) return null;
    }
    const name = bytes.toString("utf8", nameStart, typeAt);
    headers.set(name, readValue(bytes.subarray(valueStart, valueEnd), type));
    at = valueEnd;
  }
  return headers;
}

function readValue(value: Buffer, type: number): AwsEventStreamHeader {
  switch (type) {
    case 0:
      return { type: "boolean", value: true };
    case 1:
      return { type: "boolean", value: false };
    case 2:
      return { type: "byte", value: value.readInt8() };
    case 3:
      return { type: "short", value: value.readInt16BE() };
    case 4:
      return { type: "integer", value: value.readInt32BE() };
    case 5:
      return { type: "long", value: value.readBigInt64BE() };
    case binaryType:
      return { type: "binary", value };
    case stringType:
      return { type: "string", value: value.toString("utf8") };
    case 8:
      return { type: "timestamp", value: value.readBigInt64BE() };
    default:
      return { type: "uuid", value: uuidText(value.toString("hex")) };
  }
}

const uuidText = (hex: string): string =>
  hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
