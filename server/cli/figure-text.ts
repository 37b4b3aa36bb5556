/**
 * A figure as people type it, without its commas: `1234`, `1,234` and `1,234.50`. Null where it is
 * none. Commas stand between whole groups of three alone: taken out of `50,00` or `0,500`, which
 * are decimals to half of the world, they would make a hundred or a thousand times as much of it.
 */
export function plainFigure(text: string): string | null {
  return figureShape.test(text) ? text.replaceAll(",", "") : null;
}

const figureShape = /^(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d+)?$/;
