/** Does `text` match `pattern`, in which `*` stands for any run of characters, also none? */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (pattern === "*") return true;
  const star = pattern.indexOf("*");
  if (star === -1) return pattern === text;
  if (!text.startsWith(pattern.slice(0, star))) return false;
  const pieces = pattern.split("*");
  const last = pieces.at(-1) ?? "";
  let at = star;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return text.length - at >= last.length && text.endsWith(last);
}
