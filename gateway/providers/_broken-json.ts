const openBrace = 0x7b;

/**
 * Is it an answer in part, rather than none? Pages of proxies, empty bodies and errors are no
 * answers; JSON that stops in its midst, or that more stands behind, was one.
 */
export function isBrokenJson(bytes: Buffer): boolean {
  if (bytes.find((byte) => byte > 0x20) !== openBrace) return false;
  try {
    JSON.parse(bytes.toString("utf8"));
    return false;
  } catch {
    return true;
  }
}
