/** Why somebody who came back from an issuer is not signed in, as the console's page is told. */
export const signInFaults = [
  "expired", // it took too long, was used before, or began in another browser
  "denied", // the issuer did not let them in
  "unavailable", // the issuer cannot be asked
  "unproven", // what the issuer said does not hold
  "no_role", // they are who they say, and nothing here
  "elsewhere", // not from this address
  "slow_down", // too many have failed from this address
  "no_origin", // the configuration does not say where the console is
  "failed", // the gateway's own fault
] as const;

export type SignInFault = (typeof signInFaults)[number];

/** The parameter of the console's address that has it. */
export const signInFaultParameter = "sign-in";
