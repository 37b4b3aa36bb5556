type Style = (lines: readonly string[]) => string;

/** After the first comma before a member, where JSON takes a line end. */
const splitData = (line: string): string => line.replace(/,"/, ',\ndata: "');

/** Every freedom that the format leaves, one after the other. */
const styles: readonly Style[] = [
  (lines) => `${lines.join("\r\n")}\r\n\r\n`,
  (lines) => `: comment\r${lines.join("\r")}\r\r`,
  (lines) => `${lines.map((line) => line.replace(/^(\w+): /, "$1:")).join("\n")}\n\n`,
  (lines) => `id: 7\nretry: 100\n${lines.map(splitData).join("\n")}\n\n`,
];

/** A stream of events over HTTP with the same events in it, in a legal but odd framing. */
export const oddSse = (text: string): string => {
  const events = text.split("\n\n").filter((event) => event !== "");
  const odd = events.map((event, n) => styles[n % styles.length]?.(event.split("\n")) ?? event);
  return `\ufeff:\n\n${odd.join("")}`;
};
