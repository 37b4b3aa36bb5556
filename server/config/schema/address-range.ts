import { AddressSet } from "@sekisho/lib/http/address-set.ts";
import { z } from "zod";

const isRange = (text: string): boolean => new AddressSet().add(text);

/** One address or a range of them. */
export const addressRange = z.string().refine(isRange, {
  error: () => "is neither an address nor a range of addresses (10.1.0.0/16)",
});

/** Where requests may come from; none: from anywhere. */
export const addressList = (about: string) =>
  z.array(addressRange).max(1024).describe(about).default([]);
