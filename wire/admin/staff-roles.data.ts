/** Who may use the admin API, from those who may do most to those who may do least (SEC-17). */
export const staffRoles = ["owner", "admin", "developer", "viewer"] as const;
export type StaffRole = (typeof staffRoles)[number];

/** Every role that a key may have: `client` calls models, the others use the admin API. */
export const keyRoles = ["client", ...staffRoles] as const;
export type KeyRole = (typeof keyRoles)[number];
