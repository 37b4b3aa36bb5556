/** What one listener accepts. Every wait and every buffer of it is bounded by a row here. */
export interface HttpLimits {
  /** Request line and headers of HTTP/1.1 together; the header list of HTTP/2. */
  readonly headerBytes: number;
  readonly headerCount: number;
  readonly urlBytes: number;
  /** From accepting a connection to knowing its protocol. */
  readonly sniffTimeoutMs: number;
  /** From the first byte of a request head to its last. */
  readonly headerTimeoutMs: number;
  /** From asking for a body to its last byte. */
  readonly bodyTimeoutMs: number;
  /** How long a connection without a request is kept. */
  readonly idleTimeoutMs: number;
  /** How long an answer is kept of which the socket takes no byte. */
  readonly stallTimeoutMs: number;
  /** How long a refused upload is read and thrown away, so that the client sees the answer. */
  readonly lingerTimeoutMs: number;
  /** An unread body of at most this size is skipped to keep the connection. */
  readonly skippedBodyBytes: number;
  /** Connections of one address over which nobody has proven yet who they are. */
  readonly connectionsPerAddress: number;
  /** Streams of one HTTP/2 connection, pipelined requests of one HTTP/1.1 connection. */
  readonly exchangesPerConnection: number;
  /** HTTP/2 streams that end without a whole answer, per connection and second. */
  readonly resetsPerSecond: number;
  /** Request bodies held in memory, all exchanges together. */
  readonly bodyBytesInMemory: number;
  /** Those of them whose senders nobody has proven yet. */
  readonly strangersBodyBytes: number;
}

export const defaultHttpLimits: HttpLimits = {
  headerBytes: 16_384,
  headerCount: 100,
  urlBytes: 8_192,
  sniffTimeoutMs: 10_000,
  headerTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  stallTimeoutMs: 10_000,
  lingerTimeoutMs: 2_000,
  skippedBodyBytes: 65_536,
  connectionsPerAddress: 1_000,
  exchangesPerConnection: 100,
  resetsPerSecond: 100,
  bodyBytesInMemory: 268_435_456,
  strangersBodyBytes: 67_108_864,
};
