import type { Reader } from "@sekisho/lib/storage/reader.ts";

/** From day to day by the start of the key: two look-ups for each day that has calls, no scan. */
export const bookedTenantSql = `WITH RECURSIVE days (day) AS (
    SELECT min(day) FROM day_rollups
    UNION ALL
    SELECT (SELECT min(day) FROM day_rollups WHERE day > days.day) FROM days WHERE day IS NOT NULL
  )
  SELECT 1 FROM days
  WHERE EXISTS (SELECT 1 FROM day_rollups WHERE day_rollups.day = days.day AND tenant = ?)
  LIMIT 1`;

/**
 * Has the tenant ever had a call? Roll-ups stay when days of single calls are dropped, and when the
 * tenant leaves the configuration.
 */
export const isBookedTenant = (reader: Reader, tenant: string): boolean =>
  reader.get(bookedTenantSql, [tenant]) !== undefined;
