import { forImages, priceAt, type Price, type PriceSpan } from "../price.ts";
import type { RouteQuestion } from "./route-question.ts";

/** The price of a target for the call, its images included; null without one. */
export function priceOfCall(
  prices: PriceSpan,
  { atWallMs, images }: Pick<RouteQuestion, "atWallMs" | "images">,
): Price | null {
  const price = priceAt(prices, atWallMs);
  return price === null ? null : forImages(price, images);
}
