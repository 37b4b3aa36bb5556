import { AddressSet, familyOf } from "../address-set.ts";
import { specialRanges4, specialRanges6 } from "./special-ranges.data.ts";

const special = new AddressSet([...specialRanges4, ...specialRanges6].map(([cidr]) => cidr));

/** Is it an address that the whole internet shares? False for what is no address. */
export const isPublicAddress = (address: string): boolean =>
  familyOf(address) !== null && !special.has(address);
