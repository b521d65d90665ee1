// The names of the migrations, apart from what they do: most starts need nothing else of them.

/** The names of every migration, oldest first. What they do is loaded when one is missing. */
export const MIGRATION_NAMES = [
  '0001-exchanges',
  '0002-kept',
  '0003-losses',
  '0004-attempts',
  '0005-state',
  '0006-money',
  '0007-rollups',
  '0008-details',
  '0009-request-ids',
] as const;

/** One of them. */
export type MigrationName = (typeof MIGRATION_NAMES)[number];
