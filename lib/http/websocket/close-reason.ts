/** RFC 6455, 5.5: a control frame has at most 125 bytes, and two of them are the code. */
const maxReasonBytes = 123;

/**
 * As much of a reason as a close frame carries, in UTF-8 and cut between characters: a peer fails
 * the connection for half of one, and `ws` throws for a byte too many.
 */
export function closeReason(reason: string): Uint8Array {
  const room = new Uint8Array(maxReasonBytes);
  // It writes no part of a character, and no surrogate that stands alone.
  const { written } = new TextEncoder().encodeInto(reason, room);
  return room.subarray(0, written);
}
