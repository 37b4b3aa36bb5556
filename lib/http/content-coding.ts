import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";
import { Failure } from "../failure/failure.ts";

type Decompress = (
  body: Buffer,
  options: { maxOutputLength: number },
  done: (error: Error | null, body: Buffer) => void,
) => void;

const codings: ReadonlyMap<string, Decompress> = new Map<string, Decompress>([
  ["gzip", gunzip],
  ["x-gzip", gunzip],
  ["deflate", inflate],
  ["br", brotliDecompress],
  ["zstd", zstdDecompress],
]);

/** Undoes one content coding. Rejects with `payload_too_large` or `bad_request`. */
export type Decode = (body: Buffer, limitBytes: number) => Promise<Buffer>;

/**
 * How to undo a `content-encoding`; null when there is nothing to undo. Throws
 * `unsupported_media_type` for an unknown coding and for more than one.
 */
export const decoderOf = (contentEncoding: string | undefined): Decode | null => {
  const coding = contentEncoding?.toLowerCase() ?? "";
  if (coding === "" || coding === "identity") return null;
  const decompress = codings.get(coding);
  if (decompress === undefined) {
    throw new Failure(
      "unsupported_media_type",
      `Cannot read the body: its content coding is not one of ${[...codings.keys()].join(", ")}`,
      { param: "content-encoding" },
    );
  }
  return (body, limitBytes) => decode(decompress, body, limitBytes);
};

// The limit holds while decompressing: a bomb is given up at its first byte too many.
const decode = (decompress: Decompress, body: Buffer, limitBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    decompress(body, { maxOutputLength: Math.max(limitBytes, 1) }, (error, decoded) => {
      if (error === null) resolve(decoded);
      else reject(failureOf(error, limitBytes));
    });
  });

const failureOf = (error: NodeJS.ErrnoException, limitBytes: number): Failure =>
  error.code === "ERR_BUFFER_TOO_LARGE"
    ? new Failure(
        "payload_too_large",
        `Cannot read the body: more than ${limitBytes} bytes decompressed, limit ${limitBytes}`,
      )
    : new Failure("bad_request", "Cannot read the body: it does not match its content coding");
