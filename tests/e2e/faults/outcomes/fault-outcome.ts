import type { FaultName } from "@sekisho/simulator/faults.data.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { AddressFault, LinkFaultName } from "../link-faults.data.ts";

/**
 * What a client meets when its only provider has a fault: the whole answer, an HTTP error with the
 * code, or, behind content that it has seen already, an error in the stream.
 */
export type FaultOutcome = "whole" | Code | AfterContent;

export interface AfterContent {
  readonly afterContent: Code;
  /** The provider had said why it stopped, and then not that this was all: both are passed on. */
  readonly isReasonTold?: true;
}

/** By the way that the answer takes. */
export interface FaultOutcomes {
  readonly stream: FaultOutcome;
  readonly plain: FaultOutcome;
  /** Of a stream whose client speaks another dialect, where it differs. */
  readonly translated?: FaultOutcome;
  /** A race between the two ends of a connection: it may come out like this too. */
  readonly or?: Code;
}

/** Every row of the matrix. */
export type FaultRowName = FaultName | LinkFaultName | AddressFault;

export type OutcomeTable = Readonly<Record<FaultRowName, FaultOutcomes>>;

export const both = (outcome: FaultOutcome): FaultOutcomes => ({ stream: outcome, plain: outcome });

/** A stream has shown content before it fails. */
export const later = (afterContent: Code, plain: FaultOutcome = afterContent): FaultOutcomes => ({
  stream: { afterContent },
  plain,
});
