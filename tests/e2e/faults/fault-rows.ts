import { faults } from "@sekisho/simulator/faults.data.ts";
import type { LinkFault } from "../../harness/proxy/link-fault.ts";
import {
  addressFaults,
  linkFaults,
  type AddressFault,
  type LinkFaultRow,
} from "./link-faults.data.ts";
import type { FaultRowName } from "./outcomes/fault-outcome.ts";

/** How a fault comes about. */
export type FaultSource =
  /** The provider itself is asked for it. */
  | { readonly kind: "provider"; readonly marker: string }
  /** A proxy stands before the provider. */
  | { readonly kind: "link"; readonly marker: string; readonly link: LinkFault }
  /** The provider cannot be reached at its address. */
  | { readonly kind: "address"; readonly marker: string; readonly address: AddressFault };

/** A fault that a target may have: the row of every matrix. */
export interface FaultRow {
  readonly name: FaultRowName;
  readonly source: FaultSource;
  /** Of its answer, were it faultless. */
  readonly tokens: number;
}

/**
 * What else is said of a fault: an endless answer comes at a pace at which clients keep up, and a
 * text is just longer than any answer may be, which is 32 MiB.
 */
const details: Readonly<Partial<Record<string, string>>> = {
  endless: ".tps-100",
  "huge-line": ".bytes-34000000",
};

/** The lengths that faultless answers have here, in tokens. */
export const usualTokens = 30;
export const longTokens = 1_000;

/** In a model's name: what it answers, and with which fault. */
export const markerOf = (tokens: number, fault: string | null = null): string =>
  fault === null
    ? `.sim.tokens-${tokens}`
    : `.sim.fault-${fault}.after-5.tokens-${tokens}${details[fault] ?? ""}`;

const namesOf = <Name extends string>(table: Readonly<Record<Name, unknown>>): Name[] =>
  // An object's own keys are those of its type: the tables are literals.
  Object.keys(table) as Name[];

const ofProvider = namesOf(faults).map((name): FaultRow => {
  const marker = markerOf(usualTokens, name);
  return { name, source: { kind: "provider", marker }, tokens: usualTokens };
});

const ofLink = namesOf(linkFaults).map((name): FaultRow => {
  const row: LinkFaultRow = linkFaults[name];
  const { link, fault = null, isLong = false } = row;
  const tokens = isLong ? longTokens : usualTokens;
  return { name, source: { kind: "link", marker: markerOf(tokens, fault), link }, tokens };
});

const ofAddress = addressFaults.map((address): FaultRow => {
  const marker = markerOf(usualTokens);
  return { name: address, source: { kind: "address", marker, address }, tokens: usualTokens };
});

/** Every fault that comes from a provider or from the way to it. */
export const faultRows: readonly FaultRow[] = [...ofProvider, ...ofLink, ...ofAddress];
