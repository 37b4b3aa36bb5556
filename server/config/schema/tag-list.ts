import { inOrder, maxTags, tagShape, tagWords } from "@sekisho/wire/key-tags.ts";
import { z } from "zod";

const tag = z.string().regex(tagShape, { error: () => `is no tag: ${tagWords}` });

/** What calls are marked with in the ledger, sorted, none twice. */
export const tagList = (about: string) =>
  z
    .array(tag)
    .max(maxTags)
    .overwrite((tags) => [...inOrder(tags)])
    .describe(about)
    .default([]);
