import { originShape } from "@sekisho/wire/admin/keys.ts";
import { z } from "zod";

const origin = z.string().regex(originShape, {
  error: () => "is no origin: https://shop.example",
});

/** Pages, by their origins; none: browsers tell no page of an answer. */
export const originList = (about: string) => z.array(origin).max(100).describe(about).default([]);
