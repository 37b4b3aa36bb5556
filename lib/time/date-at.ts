/** An instant as libraries take it that know no other kind. */
export const dateAt = (wallMs: number): Date => new Date(wallMs);
