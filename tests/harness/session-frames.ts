import { subprotocol } from "@sekisho/wire/stream/server-frame.ts";

/** A frame of text as clients send it, masked with nothing. */
export function clientFrame(frame: object): Buffer {
  const text = Buffer.from(JSON.stringify(frame));
  const head =
    text.length < 126
      ? Buffer.from([0x81, 0x80 | text.length])
      : Buffer.from([0x81, 0xfe, text.length >> 8, text.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), text]);
}

/** What asks for a session, byte by byte, and then says its first frames. */
export const sessionOpening = (token: string, frames: readonly object[]): Buffer =>
  Buffer.concat([
    Buffer.from(
      `GET /v1/stream?token=${token} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n` +
        "upgrade: websocket\r\nsec-websocket-version: 13\r\n" +
        `sec-websocket-protocol: ${subprotocol}\r\n` +
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ),
    ...frames.map(clientFrame),
  ]);
